-- A token of Entra ID is good for one login.
ALTER TABLE staff_sessions
    ADD COLUMN entra_token_id VARCHAR(64) NULL UNIQUE COMMENT 'uti of it';
