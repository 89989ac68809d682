-- Days in Hong Kong of which the bank's statement was compared with the ledger; amounts in cents. A row is written
-- once, with what differed (`bank_differences`).
CREATE TABLE bank_days (
    day            DATE         NOT NULL PRIMARY KEY,
    -- as the bank names the statement, and the account
    statement_id   VARCHAR(35)  NOT NULL,
    account        VARCHAR(35)  NOT NULL,
    opening        BIGINT       NOT NULL,
    closing        BIGINT       NOT NULL,
    -- what the bank should have held at the day's end by the ledger
    ledger_balance BIGINT       NOT NULL,
    matched        INT UNSIGNED NOT NULL,
    read_at        DATETIME(6)  NOT NULL,
    -- when nothing of it was open any more
    closed_at      DATETIME(6)  NULL,
    UNIQUE KEY once (statement_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
