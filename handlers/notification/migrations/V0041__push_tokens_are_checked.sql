-- The push hub says only later whether a device still had its token: it is asked about one push a day
-- of each token. A registration replaces the row, and so ends what was to be asked.
ALTER TABLE push_tokens
    ADD COLUMN hub_message_id VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
    ADD COLUMN check_at DATETIME(6) NULL,
    ADD COLUMN checked_at DATETIME(6) NULL,
    ADD KEY to_check (check_at);
