-- With whom a wallet had moved money when it was frozen. Whether it still is stands in its account,
-- and what is older than 30 days counts no more: rows are replaced, never deleted.
CREATE TABLE frozen_neighbours (
    account_id BINARY(16)  NOT NULL,
    frozen_id  BINARY(16)  NOT NULL,
    -- the newest movement between them
    moved_at   DATETIME(6) NOT NULL,
    PRIMARY KEY (account_id, frozen_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
