-- What is sealed begins with the version of the key that wraps it: here a rotation finds what it has
-- left behind.
ALTER TABLE applications
    ADD KEY by_key_of_details (details(34)),
    ADD KEY by_key_of_screenees (screenees(34));
