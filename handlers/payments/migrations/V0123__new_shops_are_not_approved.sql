-- Also those of which a program from before learns.
ALTER TABLE shops ALTER COLUMN is_approved SET DEFAULT FALSE;
