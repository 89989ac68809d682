-- What became of a shop's takings up to a day's end in Hong Kong: one row for each shop and day, which is what keeps
-- two batches of a day apart. Amounts are in cents, as of the decision. A row never changes: how far the bank is says
-- the operation with the same id, which is there if anything is paid out.
CREATE TABLE settlements (
    settlement_id BINARY(16)  NOT NULL PRIMARY KEY,
    business_id   BINARY(16)  NOT NULL,
    day           DATE        NOT NULL,
    -- what the account held at the day's end, and what of it was not to be paid out
    closing       BIGINT      NOT NULL,
    on_its_way    BIGINT      NOT NULL,
    held_by_law   BIGINT      NOT NULL,
    disputed      BIGINT      NOT NULL,
    -- what is paid out; 0 if all is carried over
    amount        BIGINT      NOT NULL,
    -- why all is carried over: no-bank-account, not-approved, stopped, below-minimum
    carry_reason  VARCHAR(16) NULL,
    decided_at    DATETIME(6) NOT NULL,
    UNIQUE KEY one_of_a_day (business_id, day),
    CONSTRAINT paid_out_or_carried_over CHECK ((amount > 0) = (carry_reason IS NULL))
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
