-- Whose word a day of the bank is, and which bytes it was read from.
ALTER TABLE bank_days
    -- SHA-256 of the file
    ADD COLUMN digest     BINARY(32)   NULL,
    -- who brought it; null if it was found in its place
    ADD COLUMN brought_by VARCHAR(100) NULL;
