-- How often a person had the bank say whose an account is, in the day counted_on in Hong Kong.
CREATE TABLE bank_account_checks (
    user_id    BINARY(16)   NOT NULL PRIMARY KEY,
    counted_on DATE         NOT NULL,
    count      INT UNSIGNED NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
