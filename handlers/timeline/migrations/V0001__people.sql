-- What people are called, as user-profile tells it.
CREATE TABLE people (
    user_id      BINARY(16)   NOT NULL PRIMARY KEY,
    display_name VARCHAR(255) NOT NULL,
    version      INT UNSIGNED NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
