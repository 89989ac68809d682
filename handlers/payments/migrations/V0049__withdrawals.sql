-- To which bank account the money of a withdrawal goes. It is apart from `operations`, so that only
-- who asks for it reads it: rows are inserted with their operation, never updated.
CREATE TABLE withdrawals (
    operation_id   BINARY(16)  NOT NULL PRIMARY KEY,
    bank_code      CHAR(3)     NOT NULL,
    account_number VARCHAR(12) NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
