-- An operation's answer comes from its row.
DROP TABLE idempotency_keys;
