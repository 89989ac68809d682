-- What business-profile told: who owns a business, and so who may say where its webhooks go.
CREATE TABLE businesses (
    business_id   BINARY(16)   NOT NULL PRIMARY KEY,
    owner_user_id BINARY(16)   NOT NULL,
    is_closed     BOOLEAN      NOT NULL,
    version       INT UNSIGNED NOT NULL,
    KEY of_owner (owner_user_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
