-- Bills that were split: rows are inserted with their requests, never updated.
CREATE TABLE bills (
    bill_id         BINARY(16)   NOT NULL PRIMARY KEY,
    creator_id      BINARY(16)   NOT NULL,
    creator_name    VARCHAR(50)  NOT NULL,
    total           BIGINT       NOT NULL,
    currency        CHAR(3)      NOT NULL,
    own_share       BIGINT       NULL,
    note            VARCHAR(100) NULL,
    payment_id      BINARY(16)   NULL,
    peer_payment_id BINARY(16)   NULL,
    created_at      DATETIME(6)  NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
