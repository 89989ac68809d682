-- What is sealed begins with the version of the key that wraps it: here a rotation finds what it has
-- left behind.
CREATE INDEX by_key_version ON api_credentials (sealed_keys(34));
