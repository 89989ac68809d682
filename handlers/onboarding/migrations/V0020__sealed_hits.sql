-- Which entries a name of an application is like. What was cleared is no hit again until the entry
-- has changed. The index is keyed, since lists are public.
CREATE TABLE sealed_hits (
    application_id BINARY(16)        NOT NULL,
    entry_index    BINARY(32)        NOT NULL COMMENT 'keyed digest of the entry',
    list_version   INT UNSIGNED      NOT NULL,
    entry          BLOB              NOT NULL COMMENT 'sealed: which entry',
    score          SMALLINT UNSIGNED NOT NULL COMMENT 'in thousandths',
    found_at       DATETIME(6)       NOT NULL,
    cleared_at     DATETIME(6)       NULL,
    PRIMARY KEY (application_id, entry_index)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
