-- Who has closed their wallet, which is for good, and signs in no more.
CREATE TABLE closed_people (
    user_id BINARY(16) NOT NULL PRIMARY KEY
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
