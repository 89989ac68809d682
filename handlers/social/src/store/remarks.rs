//! Who is told of what others show or say of a payment. Whoever changes this holds the payment's
//! row (`talk::lock_between`).

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Params, Row, Value};
use service::database::Tx;
use time::OffsetDateTime;
use uuid::Uuid;
use values::{PeerPaymentId, UserId};

use super::talk::{are_friends, is_shown, may_see};
use super::{stored, take, unreadable};
use crate::domain::{Remark, ToldOfRemark};

/// Of those who have commented on a payment and may see one more comment, how many are told of it
/// beside payer and payee: who commented last.
const COMMENTERS_TOLD_MAX: u32 = 30;

/// Notes that others are told of it now, unless they were told of a remark of this kind by this
/// person after `again_after`; whether they are.
pub(crate) async fn note_told(
    tx: &mut Tx,
    of: PeerPaymentId,
    by: UserId,
    remark: Remark,
    [again_after, now]: [OffsetDateTime; 2],
) -> Result<bool, Error> {
    tx.exec_drop(
        "INSERT INTO told_remarks (peer_payment_id, user_id, remark, told_at) VALUES (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE told_at = IF(told_at <= ?, VALUES(told_at), told_at)",
        (of.uuid(), by.uuid(), remark.code(), stored(now), stored(again_after)),
    )
    .await?;
    Ok(tx.affected_rows() > 0)
}

/// What was told before this moment may be told again; so many rows at once.
pub(crate) async fn forget_told(
    connection: &mut impl Queryable,
    before: OffsetDateTime,
    limit: u32,
) -> Result<(), Error> {
    let sql = "DELETE FROM told_remarks WHERE told_at < ? ORDER BY told_at LIMIT ?";
    connection.exec_drop(sql, (stored(before), limit)).await
}

/// Counts one more thing that is told of the payment; its number.
pub(crate) async fn count_remark(tx: &mut Tx, of: PeerPaymentId) -> Result<u32, Error> {
    let sql = "UPDATE peer_payments SET remarks = remarks + 1 WHERE peer_payment_id = ?";
    tx.exec_drop(sql, (of.uuid(),)).await?;
    let sql = "SELECT remarks FROM peer_payments WHERE peer_payment_id = ?";
    tx.exec_first(sql, (of.uuid(),)).await?.ok_or_else(|| unreadable("a payment"))
}

/// Whom a remark of `by` concerns: payer and payee, and of a comment those who commented before, as
/// far as they may see the payment and are shown the remark.
pub(crate) async fn list_told(
    tx: &mut Tx,
    of: PeerPaymentId,
    by: UserId,
    remark: Remark,
) -> Result<Vec<ToldOfRemark>, Error> {
    let (table, author) = match remark {
        Remark::Reaction => ("reactions", "user_id"),
        Remark::Comment => ("comments", "author_id"),
    };
    let commenters = match remark {
        Remark::Reaction => String::new(),
        Remark::Comment => format!(
            "UNION (SELECT c.author_id FROM comments c JOIN peer_payments p USING (peer_payment_id)
                 WHERE c.peer_payment_id = :id
                     AND c.author_id NOT IN (:by, p.payer_id, p.payee_id) AND {} AND {}
                 GROUP BY c.author_id ORDER BY MAX(c.comment_id) DESC
                 LIMIT {COMMENTERS_TOLD_MAX})",
            may_see("c.author_id"),
            is_shown("c.author_id", ":by"),
        ),
    };
    let sql = format!(
        "SELECT t.user_id, t.user_id IN (p.payer_id, p.payee_id) AS is_own_payment,
             {} AS is_near,
             (SELECT COUNT(DISTINCT o.{author}) FROM {table} o WHERE o.peer_payment_id = :id
                 AND o.{author} NOT IN (:by, t.user_id) AND {}) AS others
         FROM peer_payments p JOIN (
             (SELECT payer_id AS user_id FROM peer_payments WHERE peer_payment_id = :id)
             UNION (SELECT payee_id FROM peer_payments WHERE peer_payment_id = :id)
             {commenters}) AS t
         WHERE p.peer_payment_id = :id AND t.user_id <> :by AND {} AND {}
         ORDER BY t.user_id",
        are_friends(":by", "t.user_id"),
        is_shown("t.user_id", &format!("o.{author}")),
        may_see("t.user_id"),
        is_shown("t.user_id", ":by"),
    );
    let values: Vec<(String, Value)> =
        vec![("id".to_owned(), of.uuid().into()), ("by".to_owned(), by.uuid().into())];
    let rows: Vec<Row> = tx.exec(sql, Params::from(values)).await?;
    let told = |mut row: Row| {
        Ok(ToldOfRemark {
            user_id: UserId::from_uuid(take::<Uuid>(&mut row, "user_id")?),
            is_own_payment: take(&mut row, "is_own_payment")?,
            is_near: take(&mut row, "is_near")?,
            others: take(&mut row, "others")?,
        })
    };
    rows.into_iter().map(told).collect()
}
