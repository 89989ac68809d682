-- Of the newest list, and of the one before while somebody may still work with it.
CREATE TABLE screening_entries (
    list_version INT UNSIGNED NOT NULL,
    number       INT UNSIGNED NOT NULL,
    body         TEXT         NOT NULL,
    PRIMARY KEY (list_version, number)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
