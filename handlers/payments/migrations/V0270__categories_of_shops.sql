-- What kind of trade a shop is, a merchant category code of ISO 18245, for reports on the replica;
-- null where nothing that can be read has been told of it.
ALTER TABLE shops ADD COLUMN category_code CHAR(4) NULL;
