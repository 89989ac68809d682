-- How much of the amount of a payment is a tip, as the payer says. It comes without a copy of the
-- table.
ALTER TABLE operations ADD COLUMN tip BIGINT NULL;
