CREATE TABLE payments (
    payment_id         BINARY(16)  NOT NULL PRIMARY KEY,
    payment_request_id BINARY(16)  NOT NULL,
    payer_user_id      BINARY(16)  NOT NULL,
    business_id        BINARY(16)  NOT NULL,
    amount             BIGINT      NOT NULL,
    currency           CHAR(3)     NOT NULL,
    transfer_id        BINARY(16)  NOT NULL,
    -- device or pin
    confirmed_by       VARCHAR(8)  NOT NULL,
    completed_at       DATETIME(6) NOT NULL,
    UNIQUE KEY one_payment_per_request (payment_request_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
