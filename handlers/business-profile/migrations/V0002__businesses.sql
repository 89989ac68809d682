CREATE TABLE businesses (
    business_id   BINARY(16)   NOT NULL PRIMARY KEY,
    owner_user_id BINARY(16)   NOT NULL,
    shop_name     VARCHAR(50)  NOT NULL,
    category_code CHAR(4)      NOT NULL,
    fps_id        VARCHAR(9)   NULL,
    version       INT UNSIGNED NOT NULL,
    created_at    DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    KEY by_owner (owner_user_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
