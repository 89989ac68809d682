-- Whether a payer may give more than is asked for, as a tip. It comes without a copy of the table.
ALTER TABLE payment_requests ADD COLUMN tip_allowed BOOLEAN NOT NULL DEFAULT FALSE;
