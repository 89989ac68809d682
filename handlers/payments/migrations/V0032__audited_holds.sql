ALTER TABLE audited_sums
    ADD COLUMN debits_pending  BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN credits_pending BIGINT NOT NULL DEFAULT 0;
