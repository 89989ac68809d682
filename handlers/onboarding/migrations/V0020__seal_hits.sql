-- The index is keyed, since lists are public.
ALTER TABLE screening_hits
    DROP PRIMARY KEY,
    DROP COLUMN entry_digest,
    DROP COLUMN entry_id,
    DROP COLUMN entry_name,
    DROP COLUMN program,
    ADD COLUMN entry_index BINARY(32) NOT NULL COMMENT 'keyed digest of the entry' AFTER application_id,
    ADD COLUMN entry BLOB NOT NULL COMMENT 'sealed: which entry' AFTER list_version,
    ADD PRIMARY KEY (application_id, entry_index);
