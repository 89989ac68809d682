-- Read model of business-profile: what stands in a shop's codes.
CREATE TABLE shops (
    business_id   BINARY(16)   NOT NULL PRIMARY KEY,
    shop_name     VARCHAR(50)  NOT NULL,
    category_code CHAR(4)      NOT NULL,
    fps_id        VARCHAR(9)   NULL,
    version       INT UNSIGNED NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
