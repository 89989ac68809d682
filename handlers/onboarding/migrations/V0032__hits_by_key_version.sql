CREATE INDEX by_key_of_entry ON sealed_hits (entry(34));
