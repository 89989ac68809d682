-- Which applications stand for a person. The row is locked before any of theirs is changed.
CREATE TABLE people (
    user_id     BINARY(16)   NOT NULL PRIMARY KEY,
    version     INT UNSIGNED NOT NULL DEFAULT 0,
    identity_id BINARY(16)   NULL,
    address_id  BINARY(16)   NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
