-- The bank's side of top-ups: what came in stands here as a debit.
INSERT INTO accounts (account_id, kind, currency)
VALUES (0x00000000000000000000000000000001, 'bank_clearing', 'HKD');
