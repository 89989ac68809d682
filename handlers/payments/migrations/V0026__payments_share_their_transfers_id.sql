-- From now on an operation has the id of its first transfer.
UPDATE transfers JOIN payments USING (transfer_id)
SET transfers.transfer_id = payments.payment_id;
