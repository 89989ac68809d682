-- Payments and requests between people on dates that come. A row stays when its schedule has ended:
-- audits read what its dates name.
CREATE TABLE schedules (
    schedule_id   BINARY(16)   NOT NULL PRIMARY KEY,
    -- payment, request
    kind          VARCHAR(8)   NOT NULL,
    owner_id      BINARY(16)   NOT NULL,
    -- who is paid, or asked
    other_id      BINARY(16)   NOT NULL,
    other_name    VARCHAR(50)  NOT NULL,
    amount        BIGINT       NOT NULL,
    currency      CHAR(3)      NOT NULL,
    note          VARCHAR(100) NULL,
    -- once, weekly, monthly, yearly
    frequency     VARCHAR(8)   NOT NULL,
    -- days in Hong Kong
    starts_on     DATE         NOT NULL,
    ends_on       DATE         NULL,
    count_max     INT UNSIGNED NULL,
    -- active, paused, ended
    status        VARCHAR(8)   NOT NULL,
    version       INT UNSIGNED NOT NULL,
    -- the next date, and whether it is tried again
    number        INT UNSIGNED NOT NULL,
    delayed_until DATETIME(6)  NULL,
    delay_reason  VARCHAR(64)  NULL,
    -- when something is to be done next
    act_at        DATETIME(6)  NOT NULL,
    -- dates in a row that were not kept
    skips         INT UNSIGNED NOT NULL,
    -- device or pin; null if nobody had to
    confirmed_by  VARCHAR(8)   NULL,
    -- until when the device is new on which it was decided
    limited_until DATETIME(6)  NULL,
    created_at    DATETIME(6)  NOT NULL,
    ended_at      DATETIME(6)  NULL,
    -- The list, newest first.
    KEY of_owner (owner_id, schedule_id),
    -- What is counted before somebody makes another.
    KEY open_of_owner (owner_id, status),
    KEY due (status, kind, act_at),
    CONSTRAINT one_end CHECK (ends_on IS NULL OR count_max IS NULL),
    CONSTRAINT a_delay_has_a_reason CHECK ((delayed_until IS NULL) = (delay_reason IS NULL))
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
