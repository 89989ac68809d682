-- Whether others find a person by their phone number.
ALTER TABLE users ADD COLUMN is_findable_by_phone BOOLEAN NOT NULL DEFAULT TRUE;
