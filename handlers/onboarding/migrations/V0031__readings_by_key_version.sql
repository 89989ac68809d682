CREATE INDEX by_key_of_reading ON documents (reading(34));
