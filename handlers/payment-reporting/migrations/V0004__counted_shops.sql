-- All that has been counted of a shop: what came and what left, its fees included. The ledger keeps
-- the same two sums of the shop's account, which tells whether all of it is counted.
CREATE TABLE counted_shops (
    business_id     BINARY(16)  NOT NULL PRIMARY KEY,
    credits         BIGINT      NOT NULL,
    debits          BIGINT      NOT NULL,
    -- the newest movement among them
    counted_through DATETIME(6) NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
