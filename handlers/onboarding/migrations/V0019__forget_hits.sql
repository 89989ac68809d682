-- The table stays for the code before, which may run once more; nothing else writes to it.
DELETE FROM screening_hits;
