-- What was told of accounts that have ever been more than normal.
CREATE TABLE account_states (
    account_id BINARY(16)   NOT NULL PRIMARY KEY,
    -- normal, elevated, high
    risk       VARCHAR(8)   NOT NULL,
    -- as the event has them
    reasons    TEXT         NOT NULL,
    version    INT UNSIGNED NOT NULL,
    changed_at DATETIME(6)  NOT NULL,
    -- when it is looked at again; null of one that is normal
    due_at     DATETIME(6),
    KEY by_due (due_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
