UPDATE reports SET forget_at = closed_at + INTERVAL 90 DAY WHERE closed_at IS NOT NULL;
