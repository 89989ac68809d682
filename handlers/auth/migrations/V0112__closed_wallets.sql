-- Whose wallets are closed, as payments said, and whose logins have ended by that.
CREATE TABLE closed_wallets (
    user_id    BINARY(16)  NOT NULL PRIMARY KEY,
    learned_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
