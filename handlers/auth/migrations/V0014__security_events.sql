-- What happened to the security of an account, for its owner to read. No secret, no phone, no
-- address: what is not here cannot leak.
CREATE TABLE security_events (
    user_id           BINARY(16)  NOT NULL,
    security_event_id BINARY(16)  NOT NULL,
    kind              VARCHAR(32) NOT NULL,
    device_id         BINARY(16)  NULL COMMENT 'which it was done on or to',
    occurred_at       DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (user_id, security_event_id),
    KEY to_forget (occurred_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
