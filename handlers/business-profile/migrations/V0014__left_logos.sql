-- Of shops that an instance closed which knew of no logos; they are few, and looked for often.
ALTER TABLE businesses
    ADD COLUMN left_logo_id BINARY(16)
        GENERATED ALWAYS AS (IF(closed_at IS NULL, NULL, logo_id)) VIRTUAL,
    ADD KEY left_logos (left_logo_id);
