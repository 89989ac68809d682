CREATE TABLE parked_events (
    id        BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    consumer  VARCHAR(64)     NOT NULL,
    body      MEDIUMTEXT      NOT NULL,
    reason    TEXT            NOT NULL,
    parked_at DATETIME(6)     NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) CHARACTER SET utf8mb4;
