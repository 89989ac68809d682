INSERT INTO replication_heartbeat (heartbeat_id, beat) VALUES (1, 0);
