-- A row has all events of a transaction, one in each line, and so each its own subject. What waits
-- in the older form, one event in a row, is sent as well. Instances of the older program can write
-- beside this one; what they relay of this one's rows its consumers park, as they send a row whole.
ALTER TABLE outbox MODIFY subject VARCHAR(64) NOT NULL DEFAULT '';
