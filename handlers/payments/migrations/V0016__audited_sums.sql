-- The fold of all transfers that audits have read: those before the cut of `audit_progress`.
CREATE TABLE audited_sums (
    account_id BINARY(16) NOT NULL PRIMARY KEY,
    debits     BIGINT     NOT NULL,
    credits    BIGINT     NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
