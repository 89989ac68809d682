-- The picture that goes with a payment between people. It comes without a copy of the table.
ALTER TABLE operations ADD COLUMN sticker VARCHAR(32) NULL;
