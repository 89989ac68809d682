-- Of two people or of a group. Whoever changes anything in a conversation holds this row's lock until
-- the commit, so its messages become visible in the order of their numbers.
CREATE TABLE conversations (
    conversation_id BINARY(16)   NOT NULL PRIMARY KEY,
    first_id        BINARY(16)   NULL,
    second_id       BINARY(16)   NULL,
    group_id        BINARY(16)   NULL,
    -- Of a group: what its members call it.
    title           VARCHAR(255) NULL,
    group_version   INT UNSIGNED NOT NULL DEFAULT 0,
    -- Of the newest message.
    last_number     INT UNSIGNED NOT NULL DEFAULT 0,
    created_at      DATETIME(6)  NOT NULL,
    UNIQUE KEY of_pair (first_id, second_id),
    UNIQUE KEY of_group (group_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
