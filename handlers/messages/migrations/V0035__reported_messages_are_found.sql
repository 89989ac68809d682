-- Which reports keep a message that is withdrawn. Its picture is that of the message, not
-- `reported_messages.picture_id`, which only versions before this one read and write.
ALTER TABLE reported_messages ADD KEY of_message (message_id);
