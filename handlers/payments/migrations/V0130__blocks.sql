-- Who wants nothing to do with whom, as social tells it.
CREATE TABLE blocks (
    blocker_id BINARY(16)   NOT NULL,
    blocked_id BINARY(16)   NOT NULL,
    is_blocked BOOLEAN      NOT NULL,
    version    INT UNSIGNED NOT NULL,
    PRIMARY KEY (blocker_id, blocked_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
