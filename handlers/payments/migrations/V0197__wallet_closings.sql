-- Whose wallets were closed, in the order in which they were: auth ends their owners' logins.
CREATE TABLE wallet_closings (
    closing_id BINARY(16)  NOT NULL PRIMARY KEY,
    user_id    BINARY(16)  NOT NULL UNIQUE,
    closed_at  DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
