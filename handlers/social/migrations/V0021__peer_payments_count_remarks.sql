-- What others were told of a payment is counted: its newest version.
ALTER TABLE peer_payments ADD COLUMN remarks INT UNSIGNED NOT NULL DEFAULT 0;
