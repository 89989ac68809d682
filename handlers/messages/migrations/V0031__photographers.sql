-- Whoever announces a picture holds their row, so that no two pass the limit of an hour together.
CREATE TABLE photographers (
    user_id BINARY(16) NOT NULL PRIMARY KEY
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
