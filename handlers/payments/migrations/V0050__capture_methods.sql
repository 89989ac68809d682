-- When a payer's money goes to the shop that asked: `automatic`, or `manual` once the shop captures it.
ALTER TABLE payment_requests
    ADD COLUMN capture_method VARCHAR(9) NOT NULL DEFAULT 'automatic' AFTER description;
