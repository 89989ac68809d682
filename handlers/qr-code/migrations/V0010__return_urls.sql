-- Where the payer may go once a request is paid; null if its shop named nothing.
ALTER TABLE payment_requests ADD COLUMN return_url VARCHAR(1024) NULL;
