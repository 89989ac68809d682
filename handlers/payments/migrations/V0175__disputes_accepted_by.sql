-- Who gave in for the shop; null until then, of those from before, and if staff decided.
ALTER TABLE disputes ADD COLUMN accepted_by BINARY(16) NULL;
