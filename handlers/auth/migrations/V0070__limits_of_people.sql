-- Less leaves a wallet for a while once a PIN was reset or the phone number was replaced, whichever
-- device asks: that is how accounts are taken over.
ALTER TABLE users
    ADD COLUMN recovered_at  DATETIME(6) NULL COMMENT 'when PIN or number was last replaced by proofs of others',
    ADD COLUMN limited_until DATETIME(6) NULL COMMENT 'of all devices; grows only';
