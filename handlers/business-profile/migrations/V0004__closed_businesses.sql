-- A closed business stays, with its history, and is found no more.
ALTER TABLE businesses ADD COLUMN closed_at DATETIME(6) NULL;
