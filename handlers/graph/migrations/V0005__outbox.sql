-- Events that were not sent yet; a row has all of a transaction, one in each line.
CREATE TABLE outbox (
    id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    subject    VARCHAR(64)     NOT NULL DEFAULT '',
    body       MEDIUMTEXT      NOT NULL,
    created_at DATETIME(6)     NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
