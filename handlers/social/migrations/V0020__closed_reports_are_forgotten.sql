-- When they were closed stands in the trail alone: they are kept a little longer.
UPDATE reports SET forget_at = NOW(6) + INTERVAL 90 DAY WHERE NOT is_open;
