-- The one notification that a person has of a conversation. Whoever replaces it or marks it read holds
-- this row's lock until the commit.
CREATE TABLE conversation_notices (
    user_id             BINARY(16)      NOT NULL,
    conversation_id     BINARY(16)      NOT NULL,
    -- Of the newest message that was told or read: what is told later of an older one is late.
    message_number      INT UNSIGNED    NOT NULL DEFAULT 0,
    -- In the mailbox of a consumer; zero while there is none.
    notification_number BIGINT UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, conversation_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
