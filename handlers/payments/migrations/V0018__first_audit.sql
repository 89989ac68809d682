INSERT INTO audit_progress (progress_id, cut, transfers)
VALUES (1, 0x00000000000000000000000000000000, 0);
