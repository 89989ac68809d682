//! Contradictions of payments that were held for a reviewer.

/// Of every payment between people that was held, and of every payment by FPS, in the stretch in
/// which it began and in that in which it ended: it is held, by one pending transfer between the
/// same two, if and only if it waits; the bank is told of one by FPS if and only if no reviewer has
/// to look at it any more; and none is held that nobody could review. That a hold ends once is
/// asked of all holds.
pub(super) const HELD_PAYMENTS_NOT_MATCHING: &str = "
    SELECT COUNT(*) FROM (
        SELECT peer_payment_id AS id FROM held_payments
            WHERE peer_payment_id >= ? AND peer_payment_id < ?
        UNION SELECT operation_id FROM operations JOIN transfers ON transfer_id = operation_id
            WHERE operation_id >= ? AND operation_id < ? AND phase = 'pending'
                AND operations.kind IN ('peer-payment', 'fps-payment')
        UNION SELECT subject_id FROM transfers WHERE transfer_id >= ? AND transfer_id < ?
            AND code IN ('peer-payment', 'fps-payment')
            AND phase NOT IN ('posted', 'pending')) AS found
    LEFT JOIN held_payments ON peer_payment_id = id
    LEFT JOIN operations ON operation_id = id
    LEFT JOIN transfers AS holds ON holds.transfer_id = id
    LEFT JOIN bank_instructions AS told ON told.operation_id = id
    WHERE NOT COALESCE(holds.phase = 'pending' AND CASE operations.kind
        WHEN 'peer-payment' THEN parent_id IS NULL
            AND payer_id = from_account_id AND payee_id = to_account_id
            AND CASE held_payments.status WHEN 'held' THEN state = 'pending'
                WHEN 'released' THEN state = 'completed'
                ELSE state = IF(returned_because = 'overdue', 'expired', 'failed') END
        WHEN 'fps-payment' THEN COALESCE(payer_id, from_account_id) = from_account_id
            AND (told.operation_id IS NOT NULL) =
                (COALESCE(held_payments.status, 'released') = 'released')
            AND CASE COALESCE(held_payments.status, 'released')
                WHEN 'held' THEN state = 'pending' WHEN 'released' THEN state <> 'expired'
                ELSE state = IF(returned_because = 'overdue', 'expired', 'failed') END
        END, FALSE)";
