-- When a device was last used is read from here, however many logins it had.
CREATE INDEX by_device_and_use ON sessions (device_id, begun_at, renewed_at);
