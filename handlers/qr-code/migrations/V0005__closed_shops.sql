-- A closed shop has no code any more.
ALTER TABLE shops ADD COLUMN is_closed BOOLEAN NOT NULL DEFAULT FALSE;
