-- The log is searched by type, also for one of which there are few.
ALTER TABLE webhook_deliveries
    ADD KEY listed_by_type (webhook_endpoint_id, webhook_type, webhook_delivery_id);
