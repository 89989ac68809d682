-- How often the owner had something sent again since when, an hour at most.
ALTER TABLE webhook_endpoints
    ADD COLUMN redeliveries INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN redelivered_since DATETIME(6) NULL;
