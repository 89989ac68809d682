-- Money that was given away and waits for whoever has the secret: pay links and red packets. Each
-- has the id of the operation that filled it. Kept as long as operations are; of what is open there
-- are 14 days.
CREATE TABLE parcels (
    parcel_id     BINARY(16)    NOT NULL PRIMARY KEY,
    -- pay-link, red-packet
    kind          VARCHAR(16)   NOT NULL,
    sender_id     BINARY(16)    NOT NULL,
    -- as the claimers see it
    sender_name   VARCHAR(50)   NOT NULL,
    amount        BIGINT        NOT NULL,
    currency      CHAR(3)       NOT NULL,
    -- equal, random
    split         VARCHAR(8)    NOT NULL,
    note          VARCHAR(100)  NULL,
    secret_digest BINARY(32)    NOT NULL COMMENT 'SHA-256',
    sealed_secret VARBINARY(64) NOT NULL COMMENT 'sealed with the idempotency key of its creation',
    -- open, claimed, cancelled, expired
    status        VARCHAR(16)   NOT NULL,
    created_at    DATETIME(6)   NOT NULL,
    expires_at    DATETIME(6)   NOT NULL,
    ended_at      DATETIME(6)   NULL,
    -- the operation that brought back what nobody took
    return_id     BINARY(16)    NULL,
    KEY to_return (status, expires_at),
    KEY to_audit (expires_at),
    KEY of_sender (sender_id, kind, parcel_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
