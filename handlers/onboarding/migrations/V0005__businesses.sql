-- As business-profile tells of them, and which application stands for each.
CREATE TABLE businesses (
    business_id     BINARY(16)   NOT NULL PRIMARY KEY,
    owner_user_id   BINARY(16)   NOT NULL,
    profile_version INT UNSIGNED NOT NULL,
    shop_name       VARCHAR(50)  NOT NULL,
    category_code   CHAR(4)      NOT NULL,
    is_closed       BOOLEAN      NOT NULL,
    version         INT UNSIGNED NOT NULL DEFAULT 0,
    application_id  BINARY(16)   NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
