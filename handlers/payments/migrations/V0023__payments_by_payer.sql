-- A person's payments, newest first.
CREATE INDEX by_payer ON payments (payer_user_id, payment_id);
