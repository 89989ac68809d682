-- What a court or an authority has stopped of the account's balance, in minor units; it may be more
-- than there is. It changes under the row's lock, as the status does. The column comes without a
-- copy of the table.
ALTER TABLE accounts ADD COLUMN legal_hold BIGINT NOT NULL DEFAULT 0;
