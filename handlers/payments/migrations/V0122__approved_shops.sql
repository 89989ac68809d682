-- Shops that stand can be paid as before. A row with version 0 is of a business that onboarding has
-- spoken of and business-profile has not yet. Both columns come without a copy of the table.
ALTER TABLE shops
    ADD COLUMN is_approved BOOLEAN NOT NULL DEFAULT TRUE,
    ADD COLUMN verification_version INT UNSIGNED NOT NULL DEFAULT 0;
