-- When the payer's money goes to the shop: `automatic`, or `manual` once the shop captures it.
ALTER TABLE payment_requests
    ADD COLUMN capture_method VARCHAR(9) NOT NULL DEFAULT 'automatic' AFTER description;
