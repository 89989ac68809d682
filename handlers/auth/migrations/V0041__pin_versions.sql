-- A PIN may be hashed anew while it stays the same, so its hash no longer tells whether it changed.
ALTER TABLE users ADD COLUMN pin_version INT UNSIGNED NOT NULL DEFAULT 0
    COMMENT 'one more with each change of the PIN';
