-- What refunds have given back of a payment, in minor units: with its row's lock held, each refund
-- adds itself. It is the one thing that changes of an operation that has ended. And what somebody
-- says to whom they give money. Both columns come without a copy of the table.
ALTER TABLE operations
    ADD COLUMN refunded BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN note VARCHAR(100) NULL;
