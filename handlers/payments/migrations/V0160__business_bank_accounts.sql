-- Where the takings of businesses go, after the bank has said that the account is theirs. Rows are only added; the
-- newest of a business counts.
CREATE TABLE business_bank_accounts (
    business_bank_account_id BINARY(16)  NOT NULL PRIMARY KEY,
    business_id              BINARY(16)  NOT NULL,
    bank_code                CHAR(3)     NOT NULL,
    account_number           VARCHAR(12) NOT NULL,
    -- daily, on-demand
    mode                     VARCHAR(16) NOT NULL,
    registered_by            BINARY(16)  NOT NULL,
    registered_at            DATETIME(6) NOT NULL,
    -- The order in which they came: instances have different clocks.
    sequence                 BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE,
    KEY by_business (business_id, sequence)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
