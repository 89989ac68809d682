-- Payments between people, as payments tells them: who may see them. Of the two events that tell
-- of one either may come first; until the one that says between whom, nobody sees it.
CREATE TABLE peer_payments (
    peer_payment_id BINARY(16) NOT NULL PRIMARY KEY,
    payer_id        BINARY(16) NULL,
    payee_id        BINARY(16) NULL,
    is_for_friends  BOOLEAN    NOT NULL COMMENT 'when its money moved',
    is_hidden       BOOLEAN    NOT NULL COMMENT 'made private since, for good'
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
