-- How many payees a person has looked up in the day, in Hong Kong, that is named.
CREATE TABLE fps_lookups (
    user_id    BINARY(16)   NOT NULL PRIMARY KEY,
    counted_on DATE         NOT NULL,
    count      INT UNSIGNED NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
