-- Payers who were warned of a payee and went on. Rows are inserted with their operation, never
-- updated or deleted.
CREATE TABLE payee_warning_consents (
    operation_id     BINARY(16)      NOT NULL PRIMARY KEY,
    payee_warning_id BIGINT UNSIGNED NOT NULL,
    -- the phone or passkey of the login that sent it
    device_id        BINARY(16)      NOT NULL,
    consented_at     DATETIME(6)     NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
