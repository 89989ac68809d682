-- What became of each date of a schedule: of each at most one thing, which never changes.
CREATE TABLE schedule_occurrences (
    schedule_id      BINARY(16)   NOT NULL,
    number           INT UNSIGNED NOT NULL,
    -- a day in Hong Kong
    on_date          DATE         NOT NULL,
    -- paid, asked, skipped
    status           VARCHAR(8)   NOT NULL,
    amount           BIGINT       NOT NULL,
    currency         CHAR(3)      NOT NULL,
    peer_payment_id  BINARY(16)   NULL,
    money_request_id BINARY(16)   NULL,
    -- why it was skipped
    reason           VARCHAR(64)  NULL,
    decided_at       DATETIME(6)  NOT NULL,
    PRIMARY KEY (schedule_id, number),
    -- Audits find by them what was paid and asked in their stretch of time.
    UNIQUE KEY by_payment (peer_payment_id),
    UNIQUE KEY by_request (money_request_id),
    CONSTRAINT paid_by_one_payment CHECK ((status = 'paid') = (peer_payment_id IS NOT NULL)),
    CONSTRAINT asked_by_one_request CHECK ((status = 'asked') = (money_request_id IS NOT NULL)),
    CONSTRAINT skipped_for_a_reason CHECK ((status = 'skipped') = (reason IS NOT NULL))
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
