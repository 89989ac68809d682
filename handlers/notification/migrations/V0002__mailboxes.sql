-- One row per person and product. Whoever delivers a notification holds this row's lock until the
-- commit, so numbers become visible in order and a reader who asks for "after number n" misses none.
CREATE TABLE mailboxes (
    user_id      BINARY(16)      NOT NULL,
    product      VARCHAR(16)     NOT NULL,
    -- Of the newest notification.
    last_number  BIGINT UNSIGNED NOT NULL DEFAULT 0,
    -- All notifications up to this number are read, whatever their own row says.
    read_through BIGINT UNSIGNED NOT NULL DEFAULT 0,
    unread       BIGINT UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, product)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
