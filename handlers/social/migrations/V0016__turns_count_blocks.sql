-- All that is counted by the day is counted from the same `day_began_at`.
ALTER TABLE turns
    ADD COLUMN blocked INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'people blocked since day_began_at';
