-- The new number is only ever compared, so of it nothing is kept but the index.
ALTER TABLE recoveries
    MODIFY old_phone VARCHAR(16) NULL COMMENT 'not sealed yet',
    MODIFY new_phone VARCHAR(16) NULL COMMENT 'proved by whoever asks; null where its index is',
    ADD COLUMN old_phone_sealed VARBINARY(1024) NULL COMMENT 'until its account was looked up',
    ADD COLUMN new_phone_index BINARY(32) NULL,
    ADD KEY by_new_phone (new_phone);
