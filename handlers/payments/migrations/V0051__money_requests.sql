-- What people have asked each other for. Nothing leaves it: audits read what a paid request was, and
-- ids are UUIDv7, so what is old lies apart from what is open.
CREATE TABLE money_requests (
    money_request_id BINARY(16)   NOT NULL PRIMARY KEY,
    requester_id     BINARY(16)   NOT NULL,
    requester_name   VARCHAR(50)  NOT NULL,
    payer_id         BINARY(16)   NOT NULL,
    payer_name       VARCHAR(50)  NOT NULL,
    amount           BIGINT       NOT NULL,
    currency         CHAR(3)      NOT NULL,
    note             VARCHAR(100) NULL,
    bill_id          BINARY(16)   NULL,
    -- open, paid, declined, cancelled, expired
    status           VARCHAR(16)  NOT NULL,
    version          INT UNSIGNED NOT NULL,
    reminders        INT UNSIGNED NOT NULL,
    reminded_at      DATETIME(6)  NULL,
    created_at       DATETIME(6)  NOT NULL,
    expires_at       DATETIME(6)  NOT NULL,
    peer_payment_id  BINARY(16)   NULL,
    -- Lists, newest first.
    KEY by_requester (requester_id, money_request_id),
    KEY by_payer (payer_id, money_request_id),
    -- What home and the limits count, without reading rows.
    KEY open_by_requester (requester_id, status, expires_at, payer_id),
    KEY open_by_payer (payer_id, status, expires_at),
    KEY by_bill (bill_id),
    KEY to_expire (status, expires_at),
    -- A payment pays one request. Audits find by it what was paid in their stretch of time.
    UNIQUE KEY by_payment (peer_payment_id),
    CONSTRAINT paid_by_a_payment CHECK ((status = 'paid') = (peer_payment_id IS NOT NULL))
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
