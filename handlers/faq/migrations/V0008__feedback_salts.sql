-- The salt of a day; those of days before are deleted.
CREATE TABLE feedback_salts (
    day  DATE       NOT NULL PRIMARY KEY,
    salt BINARY(32) NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
