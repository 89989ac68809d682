-- Between which minutes of Hong Kong's day a person is left alone, and what is never pushed to them;
-- null and '' for who chose nothing.
ALTER TABLE notification_preferences
    ADD COLUMN quiet_from SMALLINT UNSIGNED NULL,
    ADD COLUMN quiet_until SMALLINT UNSIGNED NULL,
    ADD COLUMN not_pushed VARCHAR(255) NOT NULL DEFAULT '';
