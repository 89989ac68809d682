-- How often a person has shown a wrong secret of a pay link or red packet, from the first on. One
-- row for each person who ever did.
CREATE TABLE wrong_secrets (
    user_id     BINARY(16)   NOT NULL PRIMARY KEY,
    wrong_count INT UNSIGNED NOT NULL,
    since       DATETIME(6)  NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
