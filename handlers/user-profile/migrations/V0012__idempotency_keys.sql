-- Written in the transaction of what the key makes happen once: a key is here if and only if its
-- operation took effect.
CREATE TABLE idempotency_keys (
    -- whose key it is
    scope       BINARY(16)  NOT NULL,
    key_digest  BINARY(32)  NOT NULL COMMENT 'SHA-256 of the key',
    fingerprint BINARY(32)  NOT NULL COMMENT 'SHA-256 of the operation and its input',
    answer      MEDIUMBLOB  NOT NULL COMMENT 'sealed with the key',
    created_at  DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (scope, key_digest),
    KEY to_forget (created_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
