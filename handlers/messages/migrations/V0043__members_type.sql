-- When others were last told that this one types.
ALTER TABLE members ADD COLUMN typed_at DATETIME(6) NULL;
