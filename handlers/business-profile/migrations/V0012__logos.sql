-- What a shop shows of itself.
ALTER TABLE businesses ADD COLUMN logo_id BINARY(16) NULL;
