ALTER TABLE turns
    ADD COLUMN groups_made   INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'since day_began_at',
    ADD COLUMN members_added INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'since day_began_at';
