-- What the other, who blocks the sender, is not shown has the sender as its only reader. Each reads
-- what is everybody's and what is theirs alone, and nobody reads over what others are not shown.
ALTER TABLE messages
    ADD COLUMN only_for BINARY(16) GENERATED ALWAYS AS (IF(is_hidden, sender_id, NULL)) VIRTUAL,
    ADD KEY to_read (conversation_id, only_for, number);
