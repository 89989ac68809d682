-- Whose account was taken back may have let programs act for several shops.
ALTER TABLE shops ADD KEY by_owner (owner_user_id);
