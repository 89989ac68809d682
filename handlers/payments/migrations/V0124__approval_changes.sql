-- Who said whether a shop can be paid: rows are inserted, never updated or deleted.
CREATE TABLE approval_changes (
    approval_change_id   BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    business_id          BINARY(16)      NOT NULL,
    -- from then on
    is_approved          BOOLEAN         NOT NULL,
    -- either an operator's word, or the version of onboarding's
    reason               VARCHAR(200)    NULL,
    operator             VARCHAR(100)    NULL,
    verification_version INT UNSIGNED    NULL,
    changed_at           DATETIME(6)     NOT NULL,
    KEY by_business (business_id, approval_change_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
