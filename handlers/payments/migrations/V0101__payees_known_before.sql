-- Whoever was paid before is no stranger. Of the last day's it is not told in what order they were
-- paid: the smallest stands for the first.
INSERT INTO known_payees (payer_id, payee_id, first_paid_at, first_amount, first_day_amount)
SELECT from_account_id, to_account_id, MIN(created_at), MIN(amount), SUM(amount)
FROM operations WHERE kind = 'peer-payment'
GROUP BY from_account_id, to_account_id;
