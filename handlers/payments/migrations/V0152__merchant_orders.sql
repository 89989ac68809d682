-- What a program said of a payment request beside what its payer reads, to be told again.
CREATE TABLE merchant_orders (
    payment_request_id   BINARY(16)    NOT NULL PRIMARY KEY,
    order_id             VARCHAR(100)  NULL,
    notification_uri     VARCHAR(1024) NULL,
    app_success_callback VARCHAR(1024) NULL,
    app_fail_callback    VARCHAR(1024) NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
