-- A week after this release, in which it can still be rolled back; where nobody has signed up, no
-- older program runs.
INSERT INTO phone_sealing (phone_sealing_id, begins_at, is_begun)
SELECT 1, NOW(6) + INTERVAL IF(EXISTS (SELECT 1 FROM users), 7, 0) DAY,
    NOT EXISTS (SELECT 1 FROM users);
