-- Of how many days before the end the owner was reminded last; null if not yet.
ALTER TABLE api_credentials
    ADD COLUMN reminded_days INT UNSIGNED NULL,
    ADD KEY to_remind (expires_at);
