-- One row for each event and endpoint. Ids grow with time, so the oldest rows are a range of them.
CREATE TABLE webhook_deliveries (
    webhook_delivery_id BINARY(16)   NOT NULL PRIMARY KEY,
    webhook_endpoint_id BINARY(16)   NOT NULL,
    event_id            VARCHAR(64)  NOT NULL,
    webhook_type        VARCHAR(32)  NOT NULL,
    payload             TEXT         NOT NULL,
    state               VARCHAR(16)  NOT NULL,
    attempts            INT UNSIGNED NOT NULL DEFAULT 0,
    -- Steps of the ladder of retries that were taken; begins anew when its owner sends it again.
    failures            INT UNSIGNED NOT NULL DEFAULT 0,
    due_at              DATETIME(6)  NOT NULL,
    created_at          DATETIME(6)  NOT NULL,
    finished_at         DATETIME(6)  NULL,
    UNIQUE KEY once_per_event (webhook_endpoint_id, event_id),
    KEY listed (webhook_endpoint_id, webhook_delivery_id),
    KEY listed_by_state (webhook_endpoint_id, state, webhook_delivery_id),
    KEY to_send (webhook_endpoint_id, state, due_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
