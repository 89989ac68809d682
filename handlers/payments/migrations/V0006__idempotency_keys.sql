-- Written in the transaction of the money: a key is here if and only if its operation took effect.
CREATE TABLE idempotency_keys (
    caller_id       BINARY(16)        NOT NULL,
    idempotency_key VARCHAR(64)       NOT NULL,
    -- SHA-256 of the operation's name and its input
    fingerprint     BINARY(32)        NOT NULL,
    status          SMALLINT UNSIGNED NOT NULL,
    answer          MEDIUMTEXT        NOT NULL,
    created_at      DATETIME(6)       NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (caller_id, idempotency_key)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
