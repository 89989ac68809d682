-- What kind of trade a shop is, a merchant category code of ISO 18245, for reports on the replica;
-- null of shops that have not changed since before.
ALTER TABLE shops ADD COLUMN category_code CHAR(4) NULL;
