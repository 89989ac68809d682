-- The message and what came before it, as its reporter saw them then: also if they are withdrawn
-- afterwards. They go some time after the report was closed.
CREATE TABLE reported_messages (
    report_id  BINARY(16)   NOT NULL,
    number     INT UNSIGNED NOT NULL,
    message_id BINARY(16)   NOT NULL,
    sender_id  BINARY(16)   NOT NULL,
    text       TEXT         NULL,
    sent_at    DATETIME(6)  NOT NULL,
    PRIMARY KEY (report_id, number)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
