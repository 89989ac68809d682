-- The picture of a reported message stays as long as its copy here, also if it is withdrawn.
ALTER TABLE reported_messages
    ADD COLUMN picture_id BINARY(16) NULL,
    ADD KEY of_picture (picture_id);
