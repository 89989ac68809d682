-- What a person shows of themselves.
ALTER TABLE profiles ADD COLUMN picture_id BINARY(16) NULL;
