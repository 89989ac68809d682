-- An endpoint that nobody registered: what a program's requests named. Its id is that of the credential.
ALTER TABLE webhook_endpoints ADD COLUMN is_of_program BOOLEAN NOT NULL DEFAULT FALSE;
