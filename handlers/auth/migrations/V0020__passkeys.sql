-- A passkey is what a login can be bound to in place of a phone with a key of its own.
ALTER TABLE devices
    MODIFY public_key VARCHAR(255) NULL COMMENT 'JWK; null of a passkey',
    ADD COLUMN credential_id VARBINARY(1023) NULL UNIQUE COMMENT 'of a passkey',
    ADD COLUMN passkey MEDIUMTEXT NULL COMMENT 'its public key and counter, in JSON';
