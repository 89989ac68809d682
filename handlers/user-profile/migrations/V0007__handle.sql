-- `handle_set_at` is when the person first took one, the others when they last took another.
ALTER TABLE profiles
    ADD COLUMN handle                   VARCHAR(30) NULL,
    ADD COLUMN is_findable              BOOLEAN     NOT NULL DEFAULT TRUE,
    ADD COLUMN handle_set_at            DATETIME(6) NULL,
    ADD COLUMN handle_changed_at        DATETIME(6) NULL,
    ADD COLUMN handle_changed_before_at DATETIME(6) NULL,
    ADD UNIQUE KEY by_handle (handle);
