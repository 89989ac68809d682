-- Who gave a refund in the shop's name; null of all other operations, of refunds from before, and
-- of those that a program gave or a dispute brought.
ALTER TABLE operations ADD COLUMN created_by BINARY(16) NULL;
