-- By our own API a program names its key alone, with no token.
ALTER TABLE api_credentials ADD UNIQUE KEY by_signing_key (signing_key_id);
