-- Pictures stayed that were reported before they were withdrawn: the timer makes the copies, and then
-- they go. In a day, when no older version is left, whose timer would look at them and leave them.
UPDATE pictures JOIN messages USING (picture_id)
SET pictures.due_at = UTC_TIMESTAMP(6) + INTERVAL 1 DAY
WHERE pictures.stage = 'shown' AND messages.withdrawn_at IS NOT NULL;
