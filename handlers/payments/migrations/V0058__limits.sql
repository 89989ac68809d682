-- How well a wallet's owner is known (unverified, verified, address-verified), and what the wallet
-- has used of its limits in the day `used_on` (Hong Kong), its month and its year: cents, and how
-- often in the day. It stands here because every movement locks and writes this row anyway. Other
-- accounts have no limits. All columns come without a copy of the table.
ALTER TABLE accounts
    ADD COLUMN tier VARCHAR(16) NOT NULL DEFAULT 'verified',
    ADD COLUMN used_on DATE NOT NULL DEFAULT '1970-01-01',
    ADD COLUMN top_up_day INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN top_up_month INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN top_up_year INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN top_up_count SMALLINT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN payment_day INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN payment_month INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN payment_year INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN payment_count SMALLINT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN peer_payment_day INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN peer_payment_month INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN peer_payment_year INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN peer_payment_count SMALLINT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN withdrawal_day INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN withdrawal_month INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN withdrawal_year INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN withdrawal_count SMALLINT UNSIGNED NOT NULL DEFAULT 0;
