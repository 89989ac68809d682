-- Read model of business-profile: who works in a shop beside its owner. Who works there no more has
-- no role, and a row still, so that an older event does not let them in again.
CREATE TABLE shop_members (
    business_id BINARY(16)   NOT NULL,
    user_id     BINARY(16)   NOT NULL,
    -- manager, cashier
    role        VARCHAR(8)   NULL,
    version     INT UNSIGNED NOT NULL,
    PRIMARY KEY (business_id, user_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
