-- Nothing was deployed when V0026 to V0035 were written: they do not allow for the version before
-- that still runs beside them, and they forget its idempotency keys.
--
-- From now on an operation has the id of its first transfer.
UPDATE transfers JOIN payments USING (transfer_id)
SET transfers.transfer_id = payments.payment_id;
