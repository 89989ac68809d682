-- The one row says whether numbers are sealed. An older program finds none that is, so as long as
-- one may run, none is.
CREATE TABLE phone_sealing (
    phone_sealing_id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
    begins_at        DATETIME(6)      NULL COMMENT 'said by the first tick of a program that seals',
    is_begun         BOOLEAN          NOT NULL,
    index_check      BINARY(32)       NULL COMMENT 'what the key of indexes makes of a known text'
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
