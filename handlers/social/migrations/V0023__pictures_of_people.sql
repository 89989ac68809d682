-- What people show to friends, as user-profile tells it.
ALTER TABLE people ADD COLUMN picture_id BINARY(16) NULL;
