-- A picture is shown by one message. Its id stays where the message was withdrawn and it is gone,
-- so that nobody sends it again.
ALTER TABLE messages
    ADD COLUMN picture_id BINARY(16) NULL,
    ADD UNIQUE KEY of_picture (picture_id);
