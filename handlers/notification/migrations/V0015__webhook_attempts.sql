CREATE TABLE webhook_attempts (
    webhook_delivery_id BINARY(16)        NOT NULL,
    number              INT UNSIGNED      NOT NULL,
    outcome             VARCHAR(16)       NOT NULL,
    status_code         SMALLINT UNSIGNED NULL,
    duration_ms         INT UNSIGNED      NOT NULL,
    attempted_at        DATETIME(6)       NOT NULL,
    PRIMARY KEY (webhook_delivery_id, number)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
