-- Who froze an account or gave it back, and why: rows are inserted, never updated or deleted.
CREATE TABLE account_freezes (
    account_freeze_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    account_id        BINARY(16)      NOT NULL,
    -- freeze or unfreeze
    action            VARCHAR(16)     NOT NULL,
    reason            VARCHAR(200)    NOT NULL,
    operator          VARCHAR(100)    NOT NULL,
    done_at           DATETIME(6)     NOT NULL,
    KEY by_account (account_id, account_freeze_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
