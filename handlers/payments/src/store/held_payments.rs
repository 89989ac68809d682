//! Payments between people that were held for a reviewer, and who has decided. Their money is held
//! by the operations of the same ids.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Row};
use service::Paging;
use service::database::Tx;
use uuid::Uuid;
use values::{PeerPaymentId, StaffId, UserId};

use super::operations::{COLUMNS as OPERATION, operation, take};
use super::sql::Lock;
use super::{sql, unreadable};
use crate::domain::{HeldPayment, HeldStatus, Operation, ReturnCause, Review, Rows, Visibility};

const COLUMNS: &str = "held_payments.peer_payment_id, payer_id, payee_id, status, returned_because,
    visibility, why, decided_by, decider, reason AS review_reason";

/// What is held for a reviewer for the owner of the account in `accounts`. A hold has the id of its
/// payment; `operations` is left to the lists, which may wait where a wallet must not.
pub(super) const INCOMING: &str = "(SELECT COALESCE(SUM(amount), 0)
    FROM held_payments JOIN transfers ON transfer_id = peer_payment_id
    WHERE payee_id = accounts.account_id AND held_payments.status = 'held')";

/// Whose.
#[derive(Clone, Copy)]
pub(crate) enum Of {
    Status(HeldStatus),
    Payer(UserId),
}

pub(super) fn select_locked(ids: &str, lock: Lock) -> String {
    format!(
        "SELECT {COLUMNS} FROM held_payments WHERE peer_payment_id IN ({ids})
         ORDER BY peer_payment_id {}",
        lock.clause()
    )
}

pub(super) fn read(rows: Vec<Row>) -> Result<Vec<HeldPayment>, Error> {
    rows.into_iter().map(|mut row| held_payment(&mut row)).collect()
}

/// Writes them as they are now, new ones and those that have ended.
pub(super) fn save(held_payments: &Rows<HeldPayment>) -> Result<String, Error> {
    let rows = held_payments.changed().map(|held| {
        let why = serde_json::to_string(&held.why).map_err(|error| Error::Other(error.into()))?;
        let review = held.review.as_ref();
        Ok([
            sql::id(held.id.uuid()),
            sql::id(held.payer.uuid()),
            sql::id(held.payee.uuid()),
            sql::text(held.status.code()),
            sql::optional_text(held.returned_because.map(ReturnCause::code)),
            sql::text(held.visibility.code()),
            sql::text(&why),
            sql::optional_id(review.map(|review| review.by.uuid())),
            sql::optional_text(review.map(|review| review.name.as_str())),
            sql::optional_text(review.map(|review| review.reason.as_str())),
        ]
        .join(", "))
    });
    let rows = sql::rows(rows.collect::<Result<Vec<_>, Error>>()?);
    if rows.is_empty() {
        return Ok(rows);
    }
    Ok(format!(
        "INSERT INTO held_payments (peer_payment_id, payer_id, payee_id, status, returned_because,
             visibility, why, decided_by, decider, reason)
         VALUES {rows} ON DUPLICATE KEY UPDATE status = VALUES(status),
             returned_because = VALUES(returned_because), decided_by = VALUES(decided_by),
             decider = VALUES(decider), reason = VALUES(reason)"
    ))
}

pub(crate) async fn find_held_payment(
    connection: &mut impl Queryable,
    id: PeerPaymentId,
) -> Result<Option<(HeldPayment, Operation)>, Error> {
    let sql = format!("{} WHERE held_payments.peer_payment_id = ?", select());
    let row: Option<Row> = connection.exec_first(sql, (id.uuid(),)).await?;
    row.map(with_operation).transpose()
}

/// How many wait for a reviewer.
pub(crate) async fn count_held(connection: &mut impl Queryable) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM held_payments WHERE status = ?";
    let count = connection.exec_first(sql, (HeldStatus::Held.code(),)).await?;
    Ok(count.unwrap_or_default())
}

/// Newest first.
pub(crate) async fn list_held_payments(
    conn: &mut Conn,
    of: Of,
    paging: &Paging,
) -> Result<Vec<(HeldPayment, Operation)>, Error> {
    let (column, wanted): (_, mysql_async::Value) = match of {
        Of::Status(status) => ("status", status.code().into()),
        Of::Payer(payer) => ("payer_id", payer.uuid().into()),
    };
    let sql = format!(
        "{} WHERE {column} = ? AND held_payments.peer_payment_id < ?
         ORDER BY held_payments.peer_payment_id DESC LIMIT ?",
        select()
    );
    let rows: Vec<Row> = conn.exec(sql, (wanted, paging.before_id(), paging.rows())).await?;
    rows.into_iter().map(with_operation).collect()
}

/// Of what is on its way to this account, which the transaction has locked, how much is held for a
/// reviewer.
pub(crate) async fn sum_held_for(tx: &mut Tx, payee: UserId) -> Result<i64, Error> {
    let sql = format!("SELECT CAST({INCOMING} AS SIGNED) FROM accounts WHERE account_id = ?");
    let sum: Option<i64> = tx.exec_first(sql, (payee.uuid(),)).await?;
    Ok(sum.unwrap_or_default())
}

fn select() -> String {
    format!(
        "SELECT {COLUMNS}, {OPERATION} FROM held_payments
         JOIN operations ON operation_id = held_payments.peer_payment_id"
    )
}

fn with_operation(mut row: Row) -> Result<(HeldPayment, Operation), Error> {
    Ok((held_payment(&mut row)?, operation(row)?))
}

fn held_payment(row: &mut Row) -> Result<HeldPayment, Error> {
    let corrupt = || unreadable("a held payment");
    let [status, visibility, why] = ["status", "visibility", "why"].map(|column| take(row, column));
    let (status, visibility, why): (String, String, String) = (status?, visibility?, why?);
    let cause: Option<String> = take(row, "returned_because")?;
    let cause = cause.map(|code| ReturnCause::from_code(&code).ok_or_else(corrupt));
    let decided_by: Option<Uuid> = take(row, "decided_by")?;
    let (decider, reason): (Option<String>, Option<String>) =
        (take(row, "decider")?, take(row, "review_reason")?);
    let review = decided_by.zip(decider).zip(reason).map(|((by, name), reason)| {
        Ok::<_, Error>(Review {
            by: StaffId::from_uuid(by),
            name: name.try_into().map_err(|_| corrupt())?,
            reason: reason.try_into().map_err(|_| corrupt())?,
        })
    });
    Ok(HeldPayment {
        id: PeerPaymentId::from_uuid(take(row, "peer_payment_id")?),
        payer: UserId::from_uuid(take(row, "payer_id")?),
        payee: UserId::from_uuid(take(row, "payee_id")?),
        status: HeldStatus::from_code(&status).ok_or_else(corrupt)?,
        returned_because: cause.transpose()?,
        visibility: Visibility::from_code(&visibility).ok_or_else(corrupt)?,
        why: serde_json::from_str(&why).map_err(|_| corrupt())?,
        review: review.transpose()?,
    })
}
