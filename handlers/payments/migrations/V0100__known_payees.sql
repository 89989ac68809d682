-- Whom a person has paid, and how it began: rules of step-up ask whether a payee is new. A row is
-- written when a person is paid for the first time, and changes in the day that follows only.
CREATE TABLE known_payees (
    payer_id         BINARY(16)  NOT NULL,
    payee_id         BINARY(16)  NOT NULL,
    first_paid_at    DATETIME(6) NOT NULL,
    first_amount     BIGINT      NOT NULL,
    first_day_amount BIGINT      NOT NULL COMMENT 'all that was paid in the first 24 hours',
    PRIMARY KEY (payer_id, payee_id),
    KEY new_to_payer (payer_id, first_paid_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
