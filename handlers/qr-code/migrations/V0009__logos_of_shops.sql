-- What a shop's page shows, as business-profile tells it.
ALTER TABLE shops ADD COLUMN logo_id BINARY(16) NULL;
