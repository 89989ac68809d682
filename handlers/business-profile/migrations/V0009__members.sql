-- Who works in a business beside its owner. Who works there no more has a row still, without a
-- role: the version goes on if they come back, so that no consumer takes that for an older change.
CREATE TABLE members (
    business_id BINARY(16)   NOT NULL,
    user_id     BINARY(16)   NOT NULL,
    -- manager, cashier
    role        VARCHAR(8)   NULL,
    name        VARCHAR(50)  NOT NULL COMMENT 'what who invited them calls them',
    version     INT UNSIGNED NOT NULL,
    invited_by  BINARY(16)   NOT NULL COMMENT 'who made the invitation by which they came',
    PRIMARY KEY (business_id, user_id),
    KEY by_user (user_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
