-- Whose shop it was that may be paid: of another owner's that says nothing. NULL: of whoever owns it.
ALTER TABLE shops ADD COLUMN approved_owner_id BINARY(16) NULL;
