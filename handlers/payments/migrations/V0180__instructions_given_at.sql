-- From when on the bank is to be told: when the operation was begun, or when a reviewer has released it. Null of
-- those that an older program has written, which is when their operation was begun.
ALTER TABLE bank_instructions ADD COLUMN given_at DATETIME(6) NULL;
