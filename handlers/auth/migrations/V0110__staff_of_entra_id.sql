-- Who is staff can be said by Microsoft Entra ID.
ALTER TABLE staff
    ADD COLUMN entra_oid BINARY(16) NULL UNIQUE COMMENT 'object in the tenant; null of a passkey';
