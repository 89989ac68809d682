-- A row with a phase settled, released or expired ends the hold `pending_id`, which had held so
-- much; what it settles may be less.
ALTER TABLE transfers ADD COLUMN held BIGINT NULL;
