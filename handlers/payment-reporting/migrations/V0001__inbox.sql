CREATE TABLE inbox (
    consumer    VARCHAR(64) NOT NULL,
    event_id    VARCHAR(64) NOT NULL,
    received_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (consumer, event_id),
    KEY to_prune (received_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
