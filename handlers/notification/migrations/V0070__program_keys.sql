-- With what is signed that programs of shops are told: the key of each credential, which payments has
-- told, sealed.
CREATE TABLE program_keys (
    client_id      BINARY(16)      NOT NULL PRIMARY KEY,
    signing_key_id BINARY(16)      NOT NULL,
    sealed         VARBINARY(2048) NULL COMMENT 'under the key webhook-secrets; none once it is deactivated',
    ends_at        DATETIME(6)     NOT NULL COMMENT 'nothing is signed from then on',
    KEY by_end (ends_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
