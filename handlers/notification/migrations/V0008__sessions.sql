-- Logins that lately registered a push token or ended. Whoever does either holds the login's row
-- until the commit, so a token that is registered late never outlives its login.
CREATE TABLE sessions (
    session_id BINARY(16)  NOT NULL PRIMARY KEY,
    has_ended  BOOLEAN     NOT NULL,
    noted_at   DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    KEY to_prune (noted_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
