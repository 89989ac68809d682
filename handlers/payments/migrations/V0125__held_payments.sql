-- Payments between people that the policy of step-up has held for a reviewer. A row changes once,
-- when the payment ends, and is never deleted; besides, either person makes it private.
CREATE TABLE held_payments (
    -- the operation's id
    peer_payment_id  BINARY(16)   NOT NULL PRIMARY KEY,
    payer_id         BINARY(16)   NOT NULL,
    payee_id         BINARY(16)   NOT NULL,
    -- held, released or returned
    status           VARCHAR(16)  NOT NULL,
    -- reviewer, overdue or payee-unavailable
    returned_because VARCHAR(24)  NULL,
    -- who may see it once it is released
    visibility       VARCHAR(16)  NOT NULL,
    -- JSON: the version of the policy, its rule, and what was known
    why              TEXT         NOT NULL,
    decided_by       BINARY(16)   NULL,
    decider          VARCHAR(100) NULL,
    reason           VARCHAR(200) NULL,
    KEY by_status (status, peer_payment_id),
    KEY by_payer (payer_id, peer_payment_id),
    KEY by_payee (payee_id, status)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
