-- A session is a family of refresh tokens, each made from the one before. Rows stay: they are the
-- record of log-ins.
CREATE TABLE sessions (
    session_id BINARY(16)  NOT NULL PRIMARY KEY,
    user_id    BINARY(16)  NOT NULL,
    device_id  BINARY(16)  NOT NULL,
    product    VARCHAR(8)  NOT NULL,
    begun_at   DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    revoked_at DATETIME(6) NULL,
    KEY on_device (device_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
