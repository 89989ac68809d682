-- When the bank has said for good what its operation contradicts, which an operator has ended before. It
-- stays until somebody has explained it, and is null again then.
ALTER TABLE bank_instructions
    ADD COLUMN contradicted_at DATETIME(6) NULL,
    ADD KEY contradicted (contradicted_at);
