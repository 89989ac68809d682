-- Whether a payer may give more than is asked for, as a tip.
ALTER TABLE payment_requests ADD COLUMN tip_allowed BOOLEAN NOT NULL DEFAULT FALSE;
