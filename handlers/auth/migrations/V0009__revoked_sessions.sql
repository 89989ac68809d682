-- Every instance looks for what was revoked since its last look.
CREATE INDEX by_revocation ON sessions (revoked_at);
