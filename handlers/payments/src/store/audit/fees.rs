//! What audits ask of shops' fees.

/// The id of what belongs to a thing, as `domain::merchant_fee` makes it: the other of the versions
/// 7 and 8, which are the upper half of the seventh byte.
fn beside(id: &str) -> String {
    format!("INSERT({id}, 7, 1, CHAR(ASCII(SUBSTRING({id}, 7, 1)) ^ 0xF0))")
}

/// Of every transfer that moves a payment or a refund: the fee that its operation says has moved
/// beside it, between the shop and its own fees account, or none. Of every fee: it stands beside
/// such a transfer. Of every operation with a fee: its money has moved.
pub(super) fn fees_not_matching() -> String {
    let (of_moving, of_fee) = (beside("moving.transfer_id"), beside("fees.transfer_id"));
    let (of_debit, of_credit) =
        (beside("moving.debit_account_id"), beside("moving.credit_account_id"));
    const MOVES: &str =
        "moving.code IN ('payment', 'refund') AND moving.phase IN ('posted', 'settled')";
    format!(
        "SELECT (SELECT COUNT(*) FROM transfers AS moving
             JOIN operations ON operation_id = moving.subject_id
             LEFT JOIN transfers AS fees ON fees.transfer_id = {of_moving}
             WHERE moving.transfer_id >= ? AND moving.transfer_id < ? AND {MOVES}
                 AND NOT COALESCE(IF(fee = 0, fees.transfer_id IS NULL,
                     fees.code = 'fee' AND fees.phase = 'posted' AND fees.amount = fee
                     AND fees.currency = 'HKD' AND fees.subject_id = operation_id
                     AND IF(operations.kind = 'refund',
                         fees.debit_account_id = {of_debit}
                             AND fees.credit_account_id = moving.debit_account_id,
                         fees.debit_account_id = moving.credit_account_id
                             AND fees.credit_account_id = {of_credit})), FALSE))
         + (SELECT COUNT(*) FROM transfers AS fees
             LEFT JOIN transfers AS moving ON moving.transfer_id = {of_fee}
             LEFT JOIN accounts ON account_id =
                 IF(moving.code = 'refund', fees.debit_account_id, fees.credit_account_id)
             WHERE fees.transfer_id >= ? AND fees.transfer_id < ? AND fees.code = 'fee'
                 AND NOT COALESCE({MOVES} AND accounts.kind = 'merchant_fees', FALSE))
         + (SELECT COUNT(*) FROM operations WHERE operation_id >= ? AND operation_id < ?
             AND fee <> 0 AND NOT (state = 'completed' AND kind IN ('payment', 'refund')))"
    )
}
