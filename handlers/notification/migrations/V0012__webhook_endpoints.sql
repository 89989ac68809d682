-- Where a business is told of its events. An endpoint is leased as a whole, by one instance at a
-- time; whoever changes what is to be sent to it holds this row's lock until the commit.
CREATE TABLE webhook_endpoints (
    webhook_endpoint_id BINARY(16)    NOT NULL PRIMARY KEY,
    business_id         BINARY(16)    NOT NULL,
    url                 VARCHAR(1024) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    -- The codes of the events that it wants, with commas between.
    webhook_types       VARCHAR(255)  NOT NULL,
    status              VARCHAR(16)   NOT NULL,
    disabled_reason     VARCHAR(16)   NULL,
    -- Since when nothing has succeeded; null while something last did.
    first_failed_at     DATETIME(6)   NULL,
    -- Receivers that were slow or failed last wait among themselves.
    lane                VARCHAR(8)    NOT NULL,
    -- When there may be something to send.
    due_at              DATETIME(6)   NOT NULL,
    leased_until        DATETIME(6)   NOT NULL,
    lease_id            BINARY(16)    NULL,
    created_at          DATETIME(6)   NOT NULL,
    KEY of_business (business_id),
    KEY to_send (lane, status, due_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
