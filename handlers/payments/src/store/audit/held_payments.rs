//! Contradictions of payments that were held for a reviewer.

/// Of every payment between people that was held, in the stretch in which it began and in that in
/// which it ended: it is held, by one pending transfer between the same two, if and only if it
/// waits; and none is held that nobody could review. That a hold ends once is asked of all holds.
pub(super) const HELD_PAYMENTS_NOT_MATCHING: &str = "
    SELECT COUNT(*) FROM (
        SELECT peer_payment_id AS id FROM held_payments
            WHERE peer_payment_id >= ? AND peer_payment_id < ?
        UNION SELECT operation_id FROM operations JOIN transfers ON transfer_id = operation_id
            WHERE operation_id >= ? AND operation_id < ? AND operations.kind = 'peer-payment'
                AND phase = 'pending'
        UNION SELECT subject_id FROM transfers WHERE transfer_id >= ? AND transfer_id < ?
            AND code = 'peer-payment' AND phase NOT IN ('posted', 'pending')) AS found
    LEFT JOIN held_payments ON peer_payment_id = id
    LEFT JOIN operations ON operation_id = id
    LEFT JOIN transfers AS holds ON holds.transfer_id = id
    WHERE NOT COALESCE(operations.kind = 'peer-payment' AND parent_id IS NULL
        AND holds.phase = 'pending' AND payer_id = from_account_id AND payee_id = to_account_id
        AND CASE held_payments.status WHEN 'held' THEN state = 'pending'
            WHEN 'released' THEN state = 'completed'
            ELSE state = IF(returned_because = 'overdue', 'expired', 'failed') END, FALSE)";
