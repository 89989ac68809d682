CREATE TABLE inbox (
    consumer    VARCHAR(64) NOT NULL,
    event_id    VARCHAR(64) NOT NULL,
    received_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (consumer, event_id)
) CHARACTER SET utf8mb4;
