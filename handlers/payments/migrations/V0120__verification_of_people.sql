-- The newest word of onboarding on the owner of a wallet; 0 where it has said nothing. It comes
-- without a copy of the table.
ALTER TABLE accounts ADD COLUMN verification_version INT UNSIGNED NOT NULL DEFAULT 0;
