-- What the payer said to the payee.
ALTER TABLE operations ADD COLUMN note VARCHAR(100) NULL;
