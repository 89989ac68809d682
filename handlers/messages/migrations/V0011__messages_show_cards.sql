-- A message without text that is not withdrawn shows a card, once in a conversation.
ALTER TABLE messages
    ADD COLUMN card_id BINARY(16) NULL,
    ADD UNIQUE KEY of_card (conversation_id, card_id);
