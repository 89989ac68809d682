-- Here a rotation of the key finds what it has left behind.
CREATE INDEX by_key_of_old_phone ON recoveries (old_phone_sealed(34));
