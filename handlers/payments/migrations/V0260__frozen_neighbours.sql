-- To which frozen wallets a wallet had given money when they were frozen, or which had given it
-- more than dust. Whether they still are frozen stands in their accounts.
CREATE TABLE frozen_neighbours (
    account_id BINARY(16)  NOT NULL,
    frozen_id  BINARY(16)  NOT NULL,
    -- the newest movement between them
    moved_at   DATETIME(6) NOT NULL,
    PRIMARY KEY (account_id, frozen_id),
    KEY lately (account_id, moved_at),
    KEY to_delete (moved_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Whose neighbours are still to be found: a row comes with the freeze and goes with what was found.
CREATE TABLE frozen_neighbours_to_find (
    frozen_id BINARY(16) NOT NULL PRIMARY KEY
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
