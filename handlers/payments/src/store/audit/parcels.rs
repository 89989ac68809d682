//! Contradictions of pay links and red packets.

/// Of every parcel: it was filled by its sender with what it is split into; each share that was
/// taken has its claim; and its end says what became of the rest.
pub(super) const PARCELS_NOT_MATCHING: &str = "
    SELECT COUNT(*) FROM (
        SELECT parcels.parcel_id, parcels.kind, sender_id, parcels.amount, status, return_id,
            SUM(share_amount) AS split_amount,
            SUM(IF(claim_id IS NULL, 0, share_amount)) AS claimed,
            SUM(claim_id IS NOT NULL AND NOT COALESCE(claims.kind = 'claim'
                AND claims.parent_id = parcels.parcel_id AND claims.amount = share_amount
                AND claims.to_account_id = claimer_id, FALSE)) AS wrong_claims
        FROM (SELECT parcel_id FROM parcels WHERE parcel_id >= ? AND parcel_id < ?
            UNION SELECT parcel_id FROM parcels WHERE expires_at >= ? AND expires_at < ?) AS wanted
        JOIN parcels ON parcels.parcel_id = wanted.parcel_id
        LEFT JOIN parcel_shares ON parcel_shares.parcel_id = parcels.parcel_id
        LEFT JOIN operations AS claims ON claims.operation_id = claim_id
        GROUP BY parcels.parcel_id) AS found
    LEFT JOIN operations AS filled ON filled.operation_id = found.parcel_id
    LEFT JOIN operations AS returned ON returned.operation_id = found.return_id
    WHERE NOT COALESCE(filled.kind = found.kind AND filled.from_account_id = found.sender_id
        AND filled.amount = found.amount AND split_amount = found.amount AND wrong_claims = 0
        AND CASE found.status
            WHEN 'open' THEN claimed < found.amount AND return_id IS NULL
            WHEN 'claimed' THEN claimed = found.amount AND return_id IS NULL
            ELSE returned.kind = 'return' AND returned.parent_id = found.parcel_id
                AND returned.to_account_id = found.sender_id
                AND returned.amount = found.amount - claimed END, FALSE)";

pub(super) const OPERATIONS_WITHOUT_PARCEL: &str = "
    SELECT COUNT(*) FROM operations LEFT JOIN parcels ON parcels.parcel_id =
        IF(operations.kind IN ('claim', 'return'), operations.parent_id, operations.operation_id)
    LEFT JOIN parcel_shares
        ON parcel_shares.parcel_id = parcels.parcel_id
            AND claimer_id = operations.to_account_id AND claim_id = operation_id
            AND operations.kind = 'claim'
    WHERE operation_id >= ? AND operation_id < ?
        AND operations.kind IN ('pay-link', 'red-packet', 'claim', 'return')
        AND NOT COALESCE(CASE operations.kind
            WHEN 'claim' THEN share_amount = operations.amount AND claimer_id = to_account_id
            WHEN 'return' THEN parcels.return_id = operation_id
                AND operations.to_account_id = sender_id
                AND operations.amount = parcels.amount - (SELECT COALESCE(SUM(share_amount), 0)
                    FROM parcel_shares AS taken
                    WHERE taken.parcel_id = parcels.parcel_id AND taken.claim_id IS NOT NULL)
            ELSE parcels.kind = operations.kind END, FALSE)";
