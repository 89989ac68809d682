-- What parcels are split into, and who took what: a person one share of each, and a share one
-- person. Their parcel's row is locked before they are.
CREATE TABLE parcel_shares (
    parcel_id    BINARY(16)        NOT NULL,
    -- the order in which they are taken
    share_number SMALLINT UNSIGNED NOT NULL,
    share_amount BIGINT            NOT NULL,
    -- the operation that took it
    claim_id     BINARY(16)        NULL,
    claimer_id   BINARY(16)        NULL,
    -- as the sender sees it
    claimer_name VARCHAR(50)       NULL,
    claimed_at   DATETIME(6)       NULL,
    PRIMARY KEY (parcel_id, share_number),
    UNIQUE KEY one_share_a_person (parcel_id, claimer_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
