CREATE TABLE payment_requests (
    payment_request_id BINARY(16)   NOT NULL PRIMARY KEY,
    business_id        BINARY(16)   NOT NULL,
    shop_name          VARCHAR(50)  NOT NULL,
    amount             BIGINT       NOT NULL,
    currency           CHAR(3)      NOT NULL,
    description        VARCHAR(100) NOT NULL,
    -- open, paid, cancelled, expired
    status             VARCHAR(16)  NOT NULL,
    created_at         DATETIME(6)  NOT NULL,
    expires_at         DATETIME(6)  NOT NULL,
    payment_id         BINARY(16)   NULL,
    KEY to_expire (status, expires_at),
    KEY by_business (business_id, payment_request_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
