-- When notification is told the key again, sealed for it. What an older version makes or ends is due at
-- once.
ALTER TABLE api_credentials
    ADD COLUMN tell_at DATETIME(6) NOT NULL DEFAULT '1970-01-02',
    ADD KEY by_tell_at (tell_at, deactivated_at);
