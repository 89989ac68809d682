-- What is known of a workbook's rows that are written: their checksum, and how long they are.
ALTER TABLE exports
    ADD COLUMN sheet_checksum INT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN sheet_bytes    BIGINT       NOT NULL DEFAULT 0;
