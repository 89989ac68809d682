-- How wallets look, as the graph tells it.
CREATE TABLE seen_risks (
    account_id BINARY(16)   NOT NULL PRIMARY KEY,
    -- normal, elevated, high
    risk       VARCHAR(8)   NOT NULL,
    -- as the event has them; for reviewers alone
    reasons    TEXT         NOT NULL,
    version    INT UNSIGNED NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
