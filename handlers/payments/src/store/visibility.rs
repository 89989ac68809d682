//! Which payments between people their friends may see.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use values::PeerPaymentId;

use super::sql;
use crate::domain::Visibility;

/// Keeps of new payments that friends may see them.
pub(super) fn insert(for_friends: &[PeerPaymentId]) -> String {
    let rows = sql::rows(for_friends.iter().map(|id| sql::id(id.uuid())));
    if rows.is_empty() {
        return rows;
    }
    format!("INSERT INTO peer_payments_for_friends (peer_payment_id) VALUES {rows}")
}

pub(crate) async fn find_visibility(
    connection: &mut impl Queryable,
    id: PeerPaymentId,
) -> Result<Visibility, Error> {
    let sql = "SELECT EXISTS (SELECT 1 FROM peer_payments_for_friends WHERE peer_payment_id = ?)
        OR EXISTS (SELECT 1 FROM held_payments
            WHERE peer_payment_id = ? AND visibility = 'friends')";
    let is_for_friends: Option<bool> = connection.exec_first(sql, (id.uuid(), id.uuid())).await?;
    Ok(read(is_for_friends.unwrap_or_default()))
}

/// Whether there is a row of a payment.
pub(super) const fn read(is_for_friends: bool) -> Visibility {
    if is_for_friends { Visibility::Friends } else { Visibility::Private }
}

/// Makes a payment private; whether others were told that it was not. Of two at once one was first.
/// One that is held will be private once it is released: its row first, since whoever releases it
/// has that locked, and then it is in the other table.
pub(crate) async fn hide(tx: &mut Tx, id: PeerPaymentId) -> Result<bool, Error> {
    let sql = "UPDATE held_payments SET visibility = 'private' WHERE peer_payment_id = ?";
    tx.exec_drop(sql, (id.uuid(),)).await?;
    let sql = "DELETE FROM peer_payments_for_friends WHERE peer_payment_id = ?";
    tx.exec_drop(sql, (id.uuid(),)).await?;
    Ok(tx.affected_rows() > 0)
}
