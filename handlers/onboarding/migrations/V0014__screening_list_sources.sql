-- The newest list of each source counts. What was imported before lists had sources is taken for
-- the United Nations' until their next one comes.
ALTER TABLE screening_lists
    ADD COLUMN source      VARCHAR(20)  NOT NULL DEFAULT 'united-nations' AFTER list_version,
    ADD COLUMN names       INT UNSIGNED NULL COMMENT 'of all entries; not counted before' AFTER entries,
    ADD COLUMN has_entries BOOLEAN      NOT NULL DEFAULT TRUE COMMENT 'until they are deleted' AFTER names;
