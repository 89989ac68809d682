-- Requests of programs that want to be told how they end, until that is to be sent.
CREATE TABLE program_requests (
    payment_request_id BINARY(16)    NOT NULL PRIMARY KEY,
    client_id          BINARY(16)    NOT NULL,
    business_id        BINARY(16)    NOT NULL,
    url                VARCHAR(1024) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    order_id           VARCHAR(100)  NULL,
    amount             BIGINT        NOT NULL COMMENT 'cents of HKD',
    created_at         DATETIME(6)   NOT NULL,
    expires_at         DATETIME(6)   NOT NULL,
    KEY by_end (expires_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
