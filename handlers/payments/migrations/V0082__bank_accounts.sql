-- Bank accounts that people have registered, after the bank has said that they are their own. A row
-- only gets removed_at, so that a withdrawal that is repeated after that still finds where it went.
CREATE TABLE bank_accounts (
    bank_account_id BINARY(16)  NOT NULL PRIMARY KEY,
    user_id         BINARY(16)  NOT NULL,
    bank_code       CHAR(3)     NOT NULL,
    account_number  VARCHAR(12) NOT NULL,
    created_at      DATETIME(6) NOT NULL,
    removed_at      DATETIME(6) NULL,
    KEY by_user (user_id, removed_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
