-- Read model of payments: what a dynamic code stands for.
CREATE TABLE payment_requests (
    payment_request_id BINARY(16)   NOT NULL PRIMARY KEY,
    business_id        BINARY(16)   NOT NULL,
    shop_name          VARCHAR(50)  NOT NULL,
    amount             BIGINT       NOT NULL,
    description        VARCHAR(100) NOT NULL,
    -- open, paid, cancelled, expired
    status             VARCHAR(16)  NOT NULL,
    expires_at         DATETIME(6)  NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
