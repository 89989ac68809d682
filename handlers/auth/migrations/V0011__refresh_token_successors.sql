-- With it the holder of a used token, and nobody else, gets to the token that came after it.
ALTER TABLE refresh_tokens ADD COLUMN successor_salt BINARY(32) NULL;
