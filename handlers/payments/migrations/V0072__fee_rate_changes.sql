-- Who gave a shop another fee, and why: rows are inserted, never updated or deleted.
CREATE TABLE fee_rate_changes (
    fee_rate_change_id BIGINT UNSIGNED   NOT NULL AUTO_INCREMENT PRIMARY KEY,
    business_id        BINARY(16)        NOT NULL,
    -- the one that it has from then on
    fee_basis_points   SMALLINT UNSIGNED NOT NULL,
    reason             VARCHAR(200)      NOT NULL,
    operator           VARCHAR(100)      NOT NULL,
    changed_at         DATETIME(6)       NOT NULL,
    KEY by_business (business_id, fee_rate_change_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
