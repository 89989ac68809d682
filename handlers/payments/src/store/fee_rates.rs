//! What shops pay, and who said so: a change and its line are one transaction.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::PrimitiveDateTime;
use values::BusinessId;

use super::read_models::{IS_SHOP, fee_rate};
use super::{stored, unreadable};
use crate::domain::{FeeRate, FeeRateChange, Word};

/// What a shop pays from now on. Nobody changes it until the transaction ends.
pub(crate) async fn lock_fee_rate(
    tx: &mut Tx,
    business_id: BusinessId,
) -> Result<Option<FeeRate>, Error> {
    let sql = format!(
        "SELECT fee_basis_points FROM shops WHERE business_id = ? AND {IS_SHOP} FOR UPDATE"
    );
    let basis_points: Option<u16> = tx.exec_first(sql, (business_id.uuid(),)).await?;
    basis_points.map(fee_rate).transpose()
}

/// Gives a shop that this transaction has locked another fee, and adds the line that says so.
pub(crate) async fn insert_fee_rate_change(
    tx: &mut Tx,
    business_id: BusinessId,
    change: &FeeRateChange,
) -> Result<(), Error> {
    let (business_id, basis_points) = (business_id.uuid(), change.fee_rate.basis_points());
    let sql = "UPDATE shops SET fee_basis_points = ? WHERE business_id = ?";
    tx.exec_drop(sql, (basis_points, business_id)).await?;
    tx.exec_drop(
        "INSERT INTO fee_rate_changes
             (business_id, fee_basis_points, reason, operator, changed_at)
         VALUES (?, ?, ?, ?, ?)",
        (
            business_id,
            basis_points,
            change.word.reason.as_str(),
            change.word.operator.as_str(),
            stored(change.at),
        ),
    )
    .await
}

/// The newest `limit` lines of a shop.
pub(crate) async fn list_fee_rate_changes(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    limit: u32,
) -> Result<Vec<FeeRateChange>, Error> {
    let rows: Vec<(u16, String, String, PrimitiveDateTime)> = connection
        .exec(
            "SELECT fee_basis_points, reason, operator, changed_at FROM fee_rate_changes
             WHERE business_id = ? ORDER BY fee_rate_change_id DESC LIMIT ?",
            (business_id.uuid(), limit),
        )
        .await?;
    let change =
        |(basis_points, reason, operator, at): (u16, String, String, PrimitiveDateTime)| {
            let word = Word {
                reason: reason.try_into().map_err(|_| unreadable("a reason"))?,
                operator: operator.try_into().map_err(|_| unreadable("an operator"))?,
            };
            Ok(FeeRateChange { fee_rate: fee_rate(basis_points)?, word, at: at.assume_utc() })
        };
    rows.into_iter().map(change).collect()
}
