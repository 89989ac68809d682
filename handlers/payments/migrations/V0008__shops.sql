-- Read model of business-profile: who owns a shop and what payers see.
CREATE TABLE shops (
    business_id   BINARY(16)   NOT NULL PRIMARY KEY,
    owner_user_id BINARY(16)   NOT NULL,
    shop_name     VARCHAR(50)  NOT NULL,
    version       INT UNSIGNED NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
