-- What a person is not told of in one product; nobody is here who never switched anything off.
CREATE TABLE notification_preferences (
    user_id      BINARY(16)   NOT NULL,
    product      VARCHAR(16)  NOT NULL,
    -- The codes of classes, with commas between.
    switched_off VARCHAR(255) NOT NULL,
    version      INT UNSIGNED NOT NULL,
    PRIMARY KEY (user_id, product)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
