-- The Ed25519 key of a program that signs with one of its own; null if it signs with ours.
ALTER TABLE api_credentials ADD COLUMN public_key BINARY(32) NULL;
