-- Who owned a shop before: what was taken then may be in its account still.
CREATE TABLE former_owners (
    business_id BINARY(16) NOT NULL,
    user_id     BINARY(16) NOT NULL,
    PRIMARY KEY (business_id, user_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
