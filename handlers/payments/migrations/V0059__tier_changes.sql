-- Who gave a wallet another tier, and why: rows are inserted, never updated or deleted.
CREATE TABLE tier_changes (
    tier_change_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    account_id     BINARY(16)      NOT NULL,
    -- the one that it has from then on
    tier           VARCHAR(16)     NOT NULL,
    reason         VARCHAR(200)    NOT NULL,
    operator       VARCHAR(100)    NOT NULL,
    changed_at     DATETIME(6)     NOT NULL,
    KEY by_account (account_id, tier_change_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
