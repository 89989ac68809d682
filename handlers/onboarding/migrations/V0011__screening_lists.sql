-- Lists of sanctions and of exposed persons; the newest is the one that counts.
CREATE TABLE screening_lists (
    list_version INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    blob_name    VARCHAR(200) NOT NULL,
    digest       BINARY(32)   NOT NULL COMMENT 'SHA-256 of the blob',
    entries      INT UNSIGNED NOT NULL,
    imported_at  DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
