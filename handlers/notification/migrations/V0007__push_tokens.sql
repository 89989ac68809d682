-- Where a push reaches a device, as the app on it last said. A row dies with the login that
-- registered it; one of which nobody has heard for long is pruned.
CREATE TABLE push_tokens (
    device_id     BINARY(16)    NOT NULL,
    product       VARCHAR(16)   NOT NULL,
    user_id       BINARY(16)    NOT NULL,
    session_id    BINARY(16)    NOT NULL,
    platform      VARCHAR(8)    NOT NULL,
    push_token    VARCHAR(1024) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    registered_at DATETIME(6)   NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (device_id, product),
    UNIQUE KEY of_one_device (platform, push_token),
    KEY of_mailbox (user_id, product),
    KEY of_session (session_id),
    KEY to_prune (registered_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
