-- Which entries a name of an application is like. What was cleared is no hit again until the entry
-- has changed.
CREATE TABLE screening_hits (
    application_id BINARY(16)        NOT NULL,
    entry_digest   BINARY(16)        NOT NULL,
    list_version   INT UNSIGNED      NOT NULL,
    entry_id       VARCHAR(64)       NOT NULL,
    entry_name     VARCHAR(200)      NOT NULL,
    program        VARCHAR(100)      NOT NULL,
    score          SMALLINT UNSIGNED NOT NULL COMMENT 'in thousandths',
    found_at       DATETIME(6)       NOT NULL,
    cleared_at     DATETIME(6)       NULL,
    PRIMARY KEY (application_id, entry_digest)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
