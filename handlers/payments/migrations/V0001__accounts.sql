-- The ledger's accounts. The id of a wallet is its owner's user id, of a merchant account its
-- business id; other accounts have fixed ids. Amounts are minor units; the four sums are a fold of
-- `transfers` and change only together with them.
CREATE TABLE accounts (
    account_id      BINARY(16)  NOT NULL PRIMARY KEY,
    kind            VARCHAR(16) NOT NULL,
    currency        CHAR(3)     NOT NULL,
    debits_posted   BIGINT      NOT NULL DEFAULT 0,
    credits_posted  BIGINT      NOT NULL DEFAULT 0,
    debits_pending  BIGINT      NOT NULL DEFAULT 0,
    credits_pending BIGINT      NOT NULL DEFAULT 0,
    opened_at       DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    CONSTRAINT sums_are_not_negative CHECK (
        debits_posted >= 0 AND credits_posted >= 0 AND debits_pending >= 0 AND credits_pending >= 0
    )
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
