-- The work list: where the bank's statement of a day and the ledger differ. Amounts in cents, negative if they left the
-- bank's account.
CREATE TABLE bank_differences (
    bank_difference_id BINARY(16)   NOT NULL PRIMARY KEY,
    day                DATE         NOT NULL,
    -- missing, extra, different, unaccounted
    difference         VARCHAR(16)  NOT NULL,
    -- null if the bank names none of ours
    operation_id       BINARY(16)   NULL,
    reference          VARCHAR(35)  NULL,
    bank_reference     VARCHAR(35)  NOT NULL,
    bank_code          VARCHAR(35)  NOT NULL,
    bank_amount        BIGINT       NOT NULL,
    ledger_amount      BIGINT       NOT NULL,
    -- the day on which its other side came
    matched_on         DATE         NULL,
    -- open, explained, closed
    status             VARCHAR(16)  NOT NULL,
    explanation        VARCHAR(200) NULL,
    explained_by       BINARY(16)   NULL,
    explainer          VARCHAR(100) NULL,
    closed_by          VARCHAR(100) NULL,
    version            INT UNSIGNED NOT NULL,
    KEY of_day (day, bank_difference_id),
    KEY of_operation (operation_id),
    KEY unmatched (matched_on, day)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
