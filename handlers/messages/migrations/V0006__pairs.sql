-- How two people stand to each other, as the events of social and payments tell it in any order, and
-- who of them has written. `first_id` is the smaller one.
CREATE TABLE pairs (
    first_id             BINARY(16)   NOT NULL,
    second_id            BINARY(16)   NOT NULL,
    friend_version       INT UNSIGNED NOT NULL DEFAULT 0,
    are_friends          BOOLEAN      NOT NULL DEFAULT FALSE,
    first_block_version  INT UNSIGNED NOT NULL DEFAULT 0,
    first_blocks         BOOLEAN      NOT NULL DEFAULT FALSE,
    second_block_version INT UNSIGNED NOT NULL DEFAULT 0,
    second_blocks        BOOLEAN      NOT NULL DEFAULT FALSE,
    has_paid             BOOLEAN      NOT NULL DEFAULT FALSE,
    -- For money.
    first_asked          BOOLEAN      NOT NULL DEFAULT FALSE,
    second_asked         BOOLEAN      NOT NULL DEFAULT FALSE,
    -- Since they were last friends, what the other can read.
    first_wrote          BOOLEAN      NOT NULL DEFAULT FALSE,
    second_wrote         BOOLEAN      NOT NULL DEFAULT FALSE,
    PRIMARY KEY (first_id, second_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
