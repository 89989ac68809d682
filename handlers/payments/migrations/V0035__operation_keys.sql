-- Which operation an idempotency key was used for: a key is here if and only if its operation was
-- committed. Old keys leave with their month.
CREATE TABLE operation_keys (
    key_id      BINARY(16)   NOT NULL COMMENT 'half of SHA-256 of the caller and the key',
    month       INT UNSIGNED NOT NULL COMMENT '202612',
    fingerprint BINARY(16)   NOT NULL COMMENT 'half of SHA-256 of the operation and its input',
    record_id   BINARY(16)   NOT NULL COMMENT 'the operation, or the payment request',
    PRIMARY KEY (key_id, month)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
PARTITION BY RANGE (month) (
    PARTITION p202612 VALUES LESS THAN (202701),
    PARTITION p202701 VALUES LESS THAN (202702),
    PARTITION p202702 VALUES LESS THAN (202703),
    PARTITION pmax VALUES LESS THAN (MAXVALUE)
);
