-- Which reports keep a message that is withdrawn.
ALTER TABLE reported_messages ADD KEY of_message (message_id);
