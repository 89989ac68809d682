-- What user-profile told of a person; nobody is here who never chose a language.
CREATE TABLE languages (
    user_id  BINARY(16)   NOT NULL PRIMARY KEY,
    language VARCHAR(8)   NOT NULL,
    version  INT UNSIGNED NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
