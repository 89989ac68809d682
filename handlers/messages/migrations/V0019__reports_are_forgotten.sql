-- When what was said goes: null while it is open, and once it has gone.
ALTER TABLE reports
    ADD COLUMN forget_at DATETIME(6) NULL,
    ADD KEY next_to_forget (forget_at),
    DROP KEY to_forget;
