-- What a screen shows or opens without reading the sentences: JSON, read by nothing in SQL. The column
-- `payment_id` is not written any more; it stays for the version of this service before this one.
ALTER TABLE notifications ADD COLUMN facts TEXT NOT NULL DEFAULT ('{}');
