-- Days in Hong Kong after which the timer has been with every shop that settles daily.
CREATE TABLE settled_days (
    day        DATE        NOT NULL PRIMARY KEY,
    settled_at DATETIME(6) NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
