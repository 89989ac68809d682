ALTER TABLE audit_progress
    RENAME COLUMN payments_without_transfer TO operations_not_matching,
    RENAME COLUMN transfers_without_payment TO holds_not_matching;
