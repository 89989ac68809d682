-- A row to lock: exports of a shop are counted and begun one after the other.
CREATE TABLE exporting_shops (
    business_id BINARY(16) NOT NULL PRIMARY KEY
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
