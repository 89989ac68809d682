-- The audit looks for the payment of each transfer.
CREATE UNIQUE INDEX one_payment_per_transfer ON payments (transfer_id);
