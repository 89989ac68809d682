-- Those that somebody may still accept: a row goes with the answer, and once it has expired with
-- the next invitation to its business.
CREATE TABLE invitations (
    invitation_id BINARY(16)  NOT NULL PRIMARY KEY,
    business_id   BINARY(16)  NOT NULL,
    secret_digest BINARY(32)  NOT NULL COMMENT 'SHA-256',
    role          VARCHAR(8)  NOT NULL,
    name          VARCHAR(50) NOT NULL,
    invited_by    BINARY(16)  NOT NULL,
    expires_at    DATETIME(6) NOT NULL,
    KEY by_business (business_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
