-- A number stands in one of two forms. Sealed, it is found by the index, a keyed digest; not sealed
-- yet, by itself, as older programs know it. What is sealed begins with the version of the key that
-- wraps it, so the other index finds what a rotation left behind. No row has both forms or none;
-- what an older program writes has the one.
ALTER TABLE users
    MODIFY phone VARCHAR(16) NULL COMMENT 'null once it is sealed',
    ADD COLUMN phone_sealed VARBINARY(1024) NULL,
    ADD COLUMN phone_index BINARY(32) NULL UNIQUE,
    ADD KEY by_phone_key_version (phone_sealed(34)),
    ADD CONSTRAINT phone_in_one_form CHECK ((phone IS NULL) <> (phone_index IS NULL));
