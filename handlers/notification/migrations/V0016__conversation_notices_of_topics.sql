-- A person has one notification of more than conversations: `topic` says of what, `conversation_id`
-- names it and `message_number` is its version. The version of this service before this one knows
-- conversations only, and names no topic. What was told a year ago is pruned.
ALTER TABLE conversation_notices
    ADD COLUMN topic VARCHAR(16) NOT NULL DEFAULT 'messages',
    ADD COLUMN told_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    ADD KEY to_prune (told_at),
    DROP PRIMARY KEY,
    ADD PRIMARY KEY (user_id, conversation_id, topic);
