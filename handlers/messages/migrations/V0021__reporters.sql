-- How many messages somebody has reported in a day. Whoever reports holds their row, so that no two
-- reports pass the limit together.
CREATE TABLE reporters (
    user_id      BINARY(16)   NOT NULL PRIMARY KEY,
    reported     INT UNSIGNED NOT NULL COMMENT 'since day_began_at',
    day_began_at DATETIME(6)  NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
