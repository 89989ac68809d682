-- A message that was withdrawn has neither text nor digest of it.
CREATE TABLE messages (
    conversation_id BINARY(16)   NOT NULL,
    -- Counts the messages of a conversation from 1.
    number          INT UNSIGNED NOT NULL,
    message_id      BINARY(16)   NOT NULL,
    sender_id       BINARY(16)   NOT NULL,
    text            TEXT         NULL,
    -- What its sender sees in place of it: an edit that the other, who blocks them, is not shown.
    sender_text     TEXT         NULL,
    -- The other blocks the sender, who alone sees it.
    is_hidden       BOOLEAN      NOT NULL DEFAULT FALSE,
    version         INT UNSIGNED NOT NULL DEFAULT 1,
    -- The client's name for it, with the sender, and what came under that name: SHA-256.
    key_digest      BINARY(32)   NULL,
    fingerprint     BINARY(32)   NULL,
    sent_at         DATETIME(6)  NOT NULL,
    edited_at       DATETIME(6)  NULL,
    withdrawn_at    DATETIME(6)  NULL,
    PRIMARY KEY (conversation_id, number),
    UNIQUE KEY by_id (message_id),
    UNIQUE KEY of_key (key_digest)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
