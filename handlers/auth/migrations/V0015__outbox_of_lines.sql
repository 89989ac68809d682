-- A row has all events of a transaction, one in each line, and so each its own subject. What waits
-- in the older form, one event in a row, is sent as well. Instances of the older program cannot
-- write beside this one.
ALTER TABLE outbox DROP COLUMN subject;
