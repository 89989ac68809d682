-- When the person who was asked said no: for a day the same requester does not ask them again. And
-- what lists of one status read, newest first.
ALTER TABLE money_requests
    ADD COLUMN declined_at DATETIME(6) NULL,
    ADD KEY declined_by_requester (requester_id, declined_at, payer_id),
    ADD KEY status_by_requester (requester_id, status, money_request_id),
    ADD KEY status_by_payer (payer_id, status, money_request_id);
