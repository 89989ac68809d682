-- With what an endpoint's messages are signed: one secret, or while it is replaced two.
CREATE TABLE webhook_secrets (
    webhook_endpoint_id BINARY(16)      NOT NULL,
    number              INT UNSIGNED    NOT NULL,
    sealed              VARBINARY(2048) NOT NULL COMMENT 'under the key webhook-secrets',
    -- Null for the newest.
    ends_at             DATETIME(6)     NULL,
    PRIMARY KEY (webhook_endpoint_id, number)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
