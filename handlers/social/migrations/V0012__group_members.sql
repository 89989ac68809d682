CREATE TABLE group_members (
    group_id BINARY(16)       NOT NULL,
    user_id  BINARY(16)       NOT NULL,
    number   INT UNSIGNED     NOT NULL COMMENT 'of who joined earlier a smaller one',
    PRIMARY KEY (group_id, user_id),
    KEY list (user_id, group_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
