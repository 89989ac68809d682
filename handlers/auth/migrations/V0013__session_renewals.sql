-- When a device was last used is the latest of these, to within the life of an access token.
ALTER TABLE sessions ADD COLUMN renewed_at DATETIME(6) NULL;
