-- Files of a shop's transactions, written block by block. What was written is immutable in the
-- ledger, so whoever goes on from `next_id` writes the same bytes.
CREATE TABLE exports (
    export_id     BINARY(16)  NOT NULL PRIMARY KEY,
    business_id   BINARY(16)  NOT NULL,
    owner_user_id BINARY(16)  NOT NULL,
    format        VARCHAR(8)  NOT NULL,
    language      VARCHAR(8)  NOT NULL,
    first_day     DATE        NOT NULL,
    last_day      DATE        NOT NULL,
    -- the moment of the books when it was asked for, and up to which transfer's id it goes
    as_of         DATETIME(6) NOT NULL,
    before_id     BINARY(16)  NOT NULL,
    status        VARCHAR(8)  NOT NULL,
    failure       VARCHAR(16) NULL,
    rows_expected BIGINT      NOT NULL,
    -- what has moved since the first day, and since the last was over, as far as it is summed up
    summed_id     BINARY(16)  NOT NULL,
    since_begun   BIGINT      NOT NULL DEFAULT 0,
    since_ended   BIGINT      NOT NULL DEFAULT 0,
    -- what the shop held before and after, found of that; null until all of it is summed up
    opening       BIGINT      NULL,
    closing       BIGINT      NULL,
    -- how the blocks in storage are made, by the number of what makes them; another begins anew
    layout        INT         NOT NULL,
    -- how far it is: what the blocks in storage hold, and what the shop held then
    next_id       BINARY(16)  NOT NULL,
    blocks        INT         NOT NULL DEFAULT 0,
    rows_written  BIGINT      NOT NULL DEFAULT 0,
    bytes_written BIGINT      NOT NULL DEFAULT 0,
    balance       BIGINT      NOT NULL DEFAULT 0,
    -- when something is to be done with it again; who has taken it on puts that off
    due_at        DATETIME(6) NOT NULL,
    lease_id      BINARY(16)  NULL,
    -- when it was last further than before, and how often it has been taken on since
    progressed_at DATETIME(6) NOT NULL,
    tries         INT         NOT NULL DEFAULT 0,
    created_at    DATETIME(6) NOT NULL,
    ended_at      DATETIME(6) NULL,
    KEY of_business (business_id, export_id),
    KEY what_is_due (due_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
