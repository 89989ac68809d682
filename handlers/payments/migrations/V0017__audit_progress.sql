-- One row: transfers with an id below the cut are in `audited_sums`, so many of them.
CREATE TABLE audit_progress (
    progress_id TINYINT         NOT NULL PRIMARY KEY,
    cut         BINARY(16)      NOT NULL,
    transfers   BIGINT UNSIGNED NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
