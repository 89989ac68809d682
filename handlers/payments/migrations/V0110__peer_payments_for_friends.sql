-- Payments between people that friends of both may see: their payers said so, and nobody has hidden
-- them since. Every other payment is private, and has no row.
CREATE TABLE peer_payments_for_friends (
    peer_payment_id BINARY(16) NOT NULL PRIMARY KEY
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
