-- Null if the bank has no statement of the day, on an operator's word: nothing was booked.
ALTER TABLE bank_days MODIFY statement_id VARCHAR(35) NULL;
