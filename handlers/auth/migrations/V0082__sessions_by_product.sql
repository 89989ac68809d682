-- Who has ever used which app.
CREATE INDEX of_user_and_product ON sessions (user_id, product);
