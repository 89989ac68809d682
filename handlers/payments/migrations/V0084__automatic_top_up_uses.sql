-- How much was to be brought in for which payment: each is counted once, however often it is repeated.
CREATE TABLE automatic_top_up_uses (
    payment_key_digest BINARY(32)  NOT NULL PRIMARY KEY COMMENT 'SHA-256 of the payer and the key',
    fingerprint        BINARY(32)  NOT NULL COMMENT 'SHA-256 of the payment',
    user_id            BINARY(16)  NOT NULL,
    amount             BIGINT      NOT NULL,
    -- the day, in Hong Kong, towards which it counts
    used_on            DATE        NOT NULL,
    used_at            DATETIME(6) NOT NULL,
    -- the top-up, once it was begun
    top_up_id          BINARY(16)  NULL,
    KEY by_user (user_id, used_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
