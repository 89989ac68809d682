-- By which proxy the payee of a payment by FPS is known. It is apart from `operations`, as the bank
-- accounts of withdrawals are: rows are inserted with their operation, never updated.
CREATE TABLE fps_payments (
    operation_id BINARY(16)     NOT NULL PRIMARY KEY,
    proxy_type   VARCHAR(16)    NOT NULL,
    proxy        VARBINARY(128) NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
