-- The texts are as the person read them: in the language, and with the names, of that time.
CREATE TABLE notifications (
    user_id         BINARY(16)      NOT NULL,
    product         VARCHAR(16)     NOT NULL,
    -- Counts the notifications of a mailbox from 1.
    number          BIGINT UNSIGNED NOT NULL,
    notification_id BINARY(16)      NOT NULL,
    event_id        VARCHAR(64)     NOT NULL,
    kind            VARCHAR(32)     NOT NULL,
    language        VARCHAR(8)      NOT NULL,
    title           VARCHAR(64)     NOT NULL,
    body            VARCHAR(255)    NOT NULL,
    payment_id      BINARY(16)      NULL,
    is_read         BOOLEAN         NOT NULL DEFAULT FALSE,
    created_at      DATETIME(6)     NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (user_id, product, number),
    UNIQUE KEY once_per_event (event_id, user_id, product),
    UNIQUE KEY by_id (notification_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
