-- What the bank is told to do for an operation that waits for it, and what it has said: a row comes with its
-- operation's hold, whose id is the end-to-end id. None where operators answer for the bank.
CREATE TABLE bank_instructions (
    operation_id BINARY(16)        NOT NULL PRIMARY KEY,
    -- card, direct-debit, credit-transfer
    kind         VARCHAR(16)       NOT NULL,
    -- from when on the bank may have it; null before
    sent_at      DATETIME(6)       NULL,
    -- how often it was sent, or the bank asked
    asked_count  SMALLINT UNSIGNED NOT NULL DEFAULT 0,
    -- when to send it, or to ask again; null once the bank has said what became of it for good
    next_at      DATETIME(6)       NULL,
    -- ISO 20022: ACSP, PDNG, ACSC, RJCT; null before the first word
    status       CHAR(4)           NULL,
    -- ISO 20022: why it was rejected
    reason       CHAR(4)           NULL,
    KEY due (next_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
