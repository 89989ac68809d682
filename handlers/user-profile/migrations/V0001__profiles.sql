-- A profile begins with whichever comes first: the sign-up event (phone) or the person's own words.
CREATE TABLE profiles (
    user_id      BINARY(16)   NOT NULL PRIMARY KEY,
    phone        VARCHAR(16)  NULL,
    display_name VARCHAR(50)  NULL,
    language     VARCHAR(8)   NOT NULL DEFAULT 'en',
    version      INT UNSIGNED NOT NULL,
    created_at   DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
