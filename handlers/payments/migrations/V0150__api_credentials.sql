-- What a program shows and signs with to act for a shop. No secret stands here: of the one that it
-- shows there is a digest, and what it signs with is sealed under a key of Key Vault.
CREATE TABLE api_credentials (
    client_id         BINARY(16)    NOT NULL PRIMARY KEY,
    business_id       BINARY(16)    NOT NULL,
    name              VARCHAR(50)   NOT NULL,
    scopes            VARCHAR(100)  NOT NULL COMMENT 'codes, with commas',
    allowed_addresses VARCHAR(1000) NOT NULL COMMENT 'networks, with commas; empty for all',
    secret_digest     BINARY(32)    NOT NULL COMMENT 'SHA-256 of 256 random bits',
    signing_key_id    BINARY(16)    NOT NULL,
    sealed_keys       BLOB          NOT NULL COMMENT 'what signs requests, and what makes tokens',
    shown_level       VARCHAR(20)   NOT NULL COMMENT 'how surely its maker was the owner',
    created_at        DATETIME(6)   NOT NULL,
    expires_at        DATETIME(6)   NOT NULL,
    deactivated_at    DATETIME(6)   NULL,
    last_used_at      DATETIME(6)   NULL,
    window_began_at   DATETIME(6)   NOT NULL COMMENT 'the minute in which calls are counted',
    window_calls      INT UNSIGNED  NOT NULL,
    KEY by_business (business_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
