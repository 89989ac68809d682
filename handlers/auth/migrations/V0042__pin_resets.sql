-- A person who forgot the PIN waits before a new one counts, and can call it off meanwhile.
CREATE TABLE pin_resets (
    user_id   BINARY(16)  NOT NULL PRIMARY KEY,
    device_id BINARY(16)  NOT NULL COMMENT 'that asked, and alone may choose the new PIN',
    ready_at  DATETIME(6) NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
