-- The words among the terms, for those that are mistyped: length and letters leave few to compare.
CREATE TABLE search_words (
    word       VARBINARY(128)    NOT NULL PRIMARY KEY,
    characters SMALLINT UNSIGNED NOT NULL,
    letters    BIGINT UNSIGNED   NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
