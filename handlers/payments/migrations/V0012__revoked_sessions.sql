-- Read model of auth: logins that ended before their access tokens did. A row is needed no longer
-- than such a token lives.
CREATE TABLE revoked_sessions (
    session_id BINARY(16)  NOT NULL PRIMARY KEY,
    revoked_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    KEY to_forget (revoked_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
