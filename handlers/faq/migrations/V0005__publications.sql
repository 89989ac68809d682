-- One row, locked by whoever publishes: of what articles and of what form the tables are made.
CREATE TABLE publications (
    publication_id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
    digest         BINARY(32)       NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
