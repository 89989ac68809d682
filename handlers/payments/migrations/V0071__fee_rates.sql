-- What a shop pays for each payment from now on, in hundredths of a percent; operators change it.
ALTER TABLE shops ADD COLUMN fee_basis_points SMALLINT UNSIGNED NOT NULL DEFAULT 150;
