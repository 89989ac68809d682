CREATE TABLE devices (
    device_id     BINARY(16)   NOT NULL PRIMARY KEY,
    user_id       BINARY(16)   NOT NULL,
    name          VARCHAR(50)  NOT NULL,
    public_key    VARCHAR(255) NOT NULL COMMENT 'JWK',
    registered_at DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    revoked_at    DATETIME(6)  NULL,
    KEY of_user (user_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
