-- What is held by law from a line on, if the line says so; and which member of staff approved that
-- money was let go. Also actions: freeze-outgoing, legal-hold.
ALTER TABLE account_freezes
    ADD COLUMN legal_hold BIGINT NULL,
    ADD COLUMN approved_by VARCHAR(100) NULL;
