-- The words are null once they have gone; when they go is null while the report is open, and after.
ALTER TABLE reports
    MODIFY COLUMN words VARCHAR(2000) NULL COMMENT 'personal data',
    ADD COLUMN forget_at DATETIME(6) NULL,
    ADD KEY next_to_forget (forget_at);
