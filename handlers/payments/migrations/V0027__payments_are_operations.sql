INSERT INTO operations (operation_id, kind, state, parent_id, from_account_id, from_name,
    to_account_id, to_name, amount, moved, currency, confirmed_by, created_at, ended_at)
SELECT payments.payment_id, 'payment', 'completed', payment_request_id, payer_user_id,
    COALESCE(people.display_name, ''), payments.business_id, requests.shop_name, payments.amount,
    payments.amount, payments.currency, confirmed_by, completed_at, completed_at
FROM payments
JOIN payment_requests AS requests USING (payment_request_id)
LEFT JOIN people ON people.user_id = payer_user_id;
