CREATE TABLE staff_sessions (
    session_id BINARY(16)  NOT NULL PRIMARY KEY,
    staff_id   BINARY(16)  NOT NULL,
    begun_at   DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    revoked_at DATETIME(6) NULL,
    KEY of_staff (staff_id),
    KEY by_revocation (revoked_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
