-- Months by id, as in `transfers`: requests that were closed long ago lie apart from those that are
-- paid now. A request is open for a day at most. This copies the table, and shops wait meanwhile.
ALTER TABLE payment_requests PARTITION BY RANGE COLUMNS (payment_request_id) (
    PARTITION p202612 VALUES LESS THAN (0x01A2CE8BD40000000000000000000000),
    PARTITION pmax VALUES LESS THAN (MAXVALUE)
);
