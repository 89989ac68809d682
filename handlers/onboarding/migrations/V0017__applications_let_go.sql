-- Deleting bytes takes a while. Whether it has begun is decided under the lock, before the first of
-- them goes: a hold comes before that, or is refused.
ALTER TABLE applications
    ADD COLUMN is_let_go BOOLEAN NOT NULL DEFAULT FALSE COMMENT 'deletion has begun' AFTER is_held;
