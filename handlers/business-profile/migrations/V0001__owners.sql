-- A row for whoever owns a business: it is locked while a business is added, so that the limit holds.
CREATE TABLE owners (
    user_id BINARY(16) NOT NULL PRIMARY KEY
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
