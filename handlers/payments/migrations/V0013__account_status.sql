-- active or frozen. A frozen account neither gives nor takes. It changes under the row's lock, which
-- every transfer of the account takes too.
ALTER TABLE accounts ADD COLUMN status VARCHAR(16) NOT NULL DEFAULT 'active';
