-- What the shop says of when it is open; null: nothing was said.
ALTER TABLE businesses
    ADD COLUMN opening_hours MEDIUMTEXT NULL COMMENT 'JSON',
    ADD COLUMN hours_version INT UNSIGNED NOT NULL DEFAULT 1;
