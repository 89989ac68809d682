-- The time counts from when the program runs, which may be long after this.
INSERT INTO phone_sealing (phone_sealing_id, is_begun) VALUES (1, FALSE);
