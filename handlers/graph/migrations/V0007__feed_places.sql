-- Where the reader of the graph's change feed goes on.
CREATE TABLE feed_places (
    container VARCHAR(32) NOT NULL PRIMARY KEY,
    place     MEDIUMTEXT  NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
