-- A shop's open requests, newest first: the home screen reads them however many were closed.
CREATE INDEX by_business_and_status ON payment_requests (business_id, status, payment_request_id);
