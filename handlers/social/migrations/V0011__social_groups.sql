-- People who split bills and talk together. A group that has ended keeps its row, without members.
CREATE TABLE social_groups (
    group_id   BINARY(16)   NOT NULL PRIMARY KEY,
    name       VARCHAR(255) NOT NULL,
    owner_id   BINARY(16)   NOT NULL,
    version    INT UNSIGNED NOT NULL,
    created_at DATETIME(6)  NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
