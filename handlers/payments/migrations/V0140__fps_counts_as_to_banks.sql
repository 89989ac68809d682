-- What leaves for banks has one limit from now on, that of withdrawals: what a wallet has paid by
-- FPS in the day, month and year that it counts in (Hong Kong's) is used of it, too.
UPDATE accounts JOIN (
    SELECT account_id, SUM(IF(began = used_on, cents, 0)) AS of_day,
        SUM(IF(LEFT(began, 7) = LEFT(used_on, 7), cents, 0)) AS of_month,
        SUM(IF(YEAR(began) = YEAR(used_on), cents, 0)) AS of_year, SUM(began = used_on) AS times
    FROM (
        SELECT from_account_id AS account_id, COALESCE(moved, amount) AS cents,
            DATE(created_at + INTERVAL 8 HOUR) AS began
        FROM operations WHERE kind = 'fps-payment' AND state IN ('pending', 'completed')
    ) AS paid JOIN accounts AS payers USING (account_id)
    GROUP BY account_id
) AS paid USING (account_id)
SET withdrawal_day = withdrawal_day + of_day, withdrawal_month = withdrawal_month + of_month,
    withdrawal_year = withdrawal_year + of_year, withdrawal_count = withdrawal_count + times;
