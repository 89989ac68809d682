-- How two people stand to each other: one row for the two. Each side is what that one sees, and
-- there is no other state, so a list can show nobody what only the other may know.
CREATE TABLE friendships (
    first_id           BINARY(16)   NOT NULL COMMENT 'the smaller of the two',
    second_id          BINARY(16)   NOT NULL,
    first_sees         VARCHAR(8)   NOT NULL COMMENT 'nothing, sent, received, friend',
    second_sees        VARCHAR(8)   NOT NULL,
    first_told_at      DATETIME(6)  NULL COMMENT 'when second last was told that first asks',
    second_told_at     DATETIME(6)  NULL,
    first_declined_at  DATETIME(6)  NULL COMMENT 'when first last said no to second',
    second_declined_at DATETIME(6)  NULL,
    requested_by       BINARY(16)   NULL COMMENT 'who asks, or asked before they were friends',
    is_told            BOOLEAN      NOT NULL COMMENT 'other services know of the request',
    version            INT UNSIGNED NOT NULL COMMENT 'counts what other services were told',
    place              BINARY(16)   NOT NULL COMMENT 'in lists: a UUIDv7 of since_at',
    since_at           DATETIME(6)  NOT NULL,
    PRIMARY KEY (first_id, second_id),
    KEY lists_of_first (first_id, first_sees, place),
    KEY lists_of_second (second_id, second_sees, place)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
