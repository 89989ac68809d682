-- What a screen shows or opens without reading the sentences: JSON, read by nothing in SQL.
ALTER TABLE notifications
    ADD COLUMN facts TEXT NOT NULL DEFAULT ('{}'),
    DROP COLUMN payment_id;
