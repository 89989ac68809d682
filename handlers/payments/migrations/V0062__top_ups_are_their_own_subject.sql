-- A top-up from before there were operations had an id beside its transfer's; V0028 made an operation
-- of the transfer's id, of which the transfer must be, or no audit balances. There are such rows only
-- where nothing has been deployed for long.
UPDATE transfers SET subject_id = transfer_id
WHERE code = 'top-up' AND phase = 'posted' AND subject_id <> transfer_id;
