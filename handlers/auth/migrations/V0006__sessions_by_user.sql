-- Changing the PIN ends all other logins of a person.
CREATE INDEX of_user ON sessions (user_id);
