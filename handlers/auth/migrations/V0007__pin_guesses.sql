-- Counted here and not in Redis: five wrong PINs must lock whatever else is forgotten.
ALTER TABLE users
    ADD COLUMN wrong_pins  TINYINT UNSIGNED NOT NULL DEFAULT 0,
    ADD COLUMN guessed_at  DATETIME(6)      NULL COMMENT 'the last guess that was checked';
