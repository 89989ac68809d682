-- What payers dispute of payments to shops. A row is never deleted.
CREATE TABLE disputes (
    dispute_id      BINARY(16)   NOT NULL PRIMARY KEY,
    payment_id      BINARY(16)   NOT NULL,
    payer_id        BINARY(16)   NOT NULL,
    business_id     BINARY(16)   NOT NULL,
    -- what the payer wants back, in cents, and what was refunded of the payment before
    amount          BIGINT       NOT NULL,
    refunded_before BIGINT       NOT NULL,
    reason          VARCHAR(20)  NOT NULL,
    -- what the payer says, and the shop
    statement       VARCHAR(500) NOT NULL,
    answer          VARCHAR(500) NULL,
    -- open, under-review, upheld, refunded, rejected, withdrawn
    status          VARCHAR(16)  NOT NULL,
    version         INT UNSIGNED NOT NULL,
    opened_at       DATETIME(6)  NOT NULL,
    -- open: when the shop's time to answer is over; upheld: when the refund is tried again
    due_at          DATETIME(6)  NULL,
    ended_at        DATETIME(6)  NULL,
    refund_id       BINARY(16)   NULL,
    -- the newest of rulings
    ruling_id       BINARY(16)   NULL,
    KEY by_payment (payment_id),
    KEY by_payer (payer_id, dispute_id),
    KEY unsettled_of_payer (payer_id, status),
    KEY by_business (business_id, dispute_id),
    KEY by_status (status, dispute_id),
    KEY to_end (status, due_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
