-- Who wants nothing to do with whom. A block that was lifted keeps its row, which counts.
CREATE TABLE blocks (
    blocker_id BINARY(16)   NOT NULL,
    blocked_id BINARY(16)   NOT NULL,
    is_blocked BOOLEAN      NOT NULL,
    version    INT UNSIGNED NOT NULL,
    place      BINARY(16)   NOT NULL COMMENT 'in the list: a UUIDv7 of changed_at',
    changed_at DATETIME(6)  NOT NULL,
    PRIMARY KEY (blocker_id, blocked_id),
    KEY list (blocker_id, is_blocked, place)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
