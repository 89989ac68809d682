-- A shop's payments, newest first.
CREATE INDEX by_business ON payments (business_id, payment_id);
