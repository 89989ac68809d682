-- As for webhook_secrets: here a rotation finds what it has left behind.
CREATE INDEX by_key_version ON program_keys (sealed(34));
