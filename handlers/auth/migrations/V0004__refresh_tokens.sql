-- A used token stays until it expires, so that its reuse is noticed.
CREATE TABLE refresh_tokens (
    digest     BINARY(32)  NOT NULL PRIMARY KEY COMMENT 'SHA-256 of the token',
    session_id BINARY(16)  NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    used_at    DATETIME(6) NULL,
    KEY to_forget (expires_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
