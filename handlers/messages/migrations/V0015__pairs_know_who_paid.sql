-- Who has paid the other; `has_paid`, whichever of the two it was, is read no longer.
ALTER TABLE pairs
    ADD COLUMN first_paid  BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN second_paid BOOLEAN NOT NULL DEFAULT FALSE;
