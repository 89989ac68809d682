-- The auth service tells every service itself which logins have ended.
DROP TABLE revoked_sessions;
