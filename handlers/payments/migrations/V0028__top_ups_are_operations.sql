INSERT INTO operations (operation_id, kind, state, from_account_id, from_name, to_account_id,
    to_name, amount, moved, currency, created_at, ended_at)
SELECT transfer_id, 'top-up', 'completed', debit_account_id, '', credit_account_id, '', amount,
    amount, currency, created_at, created_at
FROM transfers WHERE code = 'top_up';
