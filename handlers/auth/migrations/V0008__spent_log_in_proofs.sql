-- A log-in proof is good once. A row stays until the proof would be too old anyway.
CREATE TABLE spent_log_in_proofs (
    device_id BINARY(16)  NOT NULL,
    signed_at DATETIME(6) NOT NULL,
    PRIMARY KEY (device_id, signed_at),
    KEY to_forget (signed_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
