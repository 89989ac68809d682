-- Who of staff looked at what: written before the answer is given, never changed.
CREATE TABLE looks (
    look_id   BINARY(16)   NOT NULL PRIMARY KEY,
    staff_id  BINARY(16)   NOT NULL,
    name      VARCHAR(100) NOT NULL,
    -- account, neighbourhood, counterparties, payment-flow
    kind      VARCHAR(16)  NOT NULL,
    -- the account or the operation, as the request named it
    subject   VARCHAR(32)  NOT NULL,
    looked_at DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
