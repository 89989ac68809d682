-- Who asked in the shop's name; null of requests from before, and of those by its programs.
ALTER TABLE payment_requests ADD COLUMN created_by BINARY(16) NULL;
