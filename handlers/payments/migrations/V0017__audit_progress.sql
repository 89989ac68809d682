-- One row: transfers with an id below the cut are in `audited_sums`, so many of them. What
-- contradicts itself among them is counted here until somebody has explained it.
CREATE TABLE audit_progress (
    progress_id               TINYINT         NOT NULL PRIMARY KEY,
    cut                       BINARY(16)      NOT NULL,
    transfers                 BIGINT UNSIGNED NOT NULL,
    payments_without_transfer BIGINT UNSIGNED NOT NULL DEFAULT 0,
    transfers_without_payment BIGINT UNSIGNED NOT NULL DEFAULT 0,
    transfers_unexplained     BIGINT UNSIGNED NOT NULL DEFAULT 0,
    requests_not_matching     BIGINT UNSIGNED NOT NULL DEFAULT 0
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
