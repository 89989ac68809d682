-- How many handles a person has tried, in ten minutes and in a day.
CREATE TABLE handle_lookups (
    user_id         BINARY(16)   NOT NULL PRIMARY KEY,
    window_count    INT UNSIGNED NOT NULL,
    window_began_at DATETIME(6)  NOT NULL,
    day_count       INT UNSIGNED NOT NULL,
    day_began_at    DATETIME(6)  NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
