-- Null also of who left before this was known, who are forgotten first.
ALTER TABLE members ADD COLUMN left_at DATETIME(6) NULL;
