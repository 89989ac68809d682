-- What a shop has paid for a payment, or has back with a refund, in minor units. It comes without a
-- copy of the table. The account that it goes to opens with a shop's first fee.
ALTER TABLE operations ADD COLUMN fee BIGINT NOT NULL DEFAULT 0;
