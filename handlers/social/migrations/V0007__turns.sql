-- Whoever changes how two people stand to each other locks both rows, the smaller id first: so no
-- two requests pass a limit together, and a block is seen by all that comes after it.
CREATE TABLE turns (
    user_id      BINARY(16)   NOT NULL PRIMARY KEY,
    asked        INT UNSIGNED NOT NULL COMMENT 'people asked since day_began_at',
    day_began_at DATETIME(6)  NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
