-- As V0141 with the name, as `FpsPayee::known_as` says now: by a proxy that has become another's
-- nobody is known.
INSERT INTO known_payees (payer_id, payee_id, first_paid_at, first_amount, first_day_amount)
SELECT from_account_id, UNHEX(LEFT(SHA2(CONCAT(proxy_type, ' ', proxy, ' ', to_name), 256), 32))
        AS known_as,
    MIN(created_at), MIN(amount), SUM(amount)
FROM operations JOIN fps_payments USING (operation_id)
WHERE kind = 'fps-payment'
GROUP BY from_account_id, known_as;
