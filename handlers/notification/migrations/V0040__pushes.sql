-- What is to be pushed to a person's devices: one row for each kind of notification, however many wait,
-- and one for all that quiet hours hold. A row is one instance's while it is leased. What is left of a
-- row once it is sent says how many went out lately; it goes when the next would be due.
CREATE TABLE pushes (
    user_id         BINARY(16)   NOT NULL,
    product         VARCHAR(16)  NOT NULL,
    kind            VARCHAR(32)  NOT NULL,
    -- Notifications that no push has told of yet.
    waiting         INT UNSIGNED NOT NULL,
    -- The newest of them, its title and the language of that.
    notification_id BINARY(16)   NOT NULL,
    title           VARCHAR(64)  NOT NULL,
    language        VARCHAR(8)   NOT NULL,
    due_at          DATETIME(6)  NOT NULL,
    -- Later it would be old news.
    expires_at      DATETIME(6)  NOT NULL,
    -- Pushes of a burst, and when the burst began.
    burst_sent      INT UNSIGNED NOT NULL DEFAULT 0,
    burst_since     DATETIME(6)  NOT NULL,
    leased_until    DATETIME(6)  NOT NULL,
    lease_id        BINARY(16)   NULL,
    PRIMARY KEY (user_id, product, kind),
    KEY to_send (due_at),
    KEY of_lease (lease_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
