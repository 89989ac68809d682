-- What all names that look like this one have in common: screening finds look-alikes by it.
ALTER TABLE businesses
    ADD COLUMN name_skeleton VARCHAR(200) NOT NULL,
    ADD KEY by_name_skeleton (name_skeleton);
