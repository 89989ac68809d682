//! Payments that were held for a reviewer, between people or by FPS, and who has decided. Their
//! money is held by the operations of the same ids.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Row};
use service::Paging;
use service::database::Tx;
use uuid::Uuid;
use values::{FpsProxy, HeldPaymentId, OperationKind, StaffId, UserId};

use super::bank_instructions::read_report;
use super::fps_payees::read_proxy;
use super::operations::{COLUMNS as OPERATION, operation, take};
use super::sql::Lock;
use super::{sql, unreadable};
use crate::domain::{
    BankReport, HeldPayment, HeldStatus, Operation, ReturnCause, Review, Rows, Visibility,
};

const COLUMNS: &str = "held_payments.peer_payment_id, payer_id, payee_id, held_payments.status,
    returned_because, visibility, why, decided_by, decider, held_payments.reason AS review_reason";

/// What is held for a reviewer for the owner of the account in `accounts`; what FPS pays is for
/// nobody's account. A hold has the id of its payment; `operations` is left to the lists, which may
/// wait where a wallet must not.
pub(super) const INCOMING: &str = "(SELECT COALESCE(SUM(amount), 0)
    FROM held_payments JOIN transfers ON transfer_id = peer_payment_id
    WHERE payee_id = accounts.account_id AND held_payments.status = 'held')";

/// Whose.
#[derive(Clone, Copy)]
pub(crate) enum Of {
    Status(HeldStatus),
    /// Of this kind.
    Payer(UserId, OperationKind),
}

/// One that was found.
pub(crate) struct Found {
    pub(crate) held: HeldPayment,
    pub(crate) payment: Operation,
    /// By what FPS knows the payee; `None` of a payment between people.
    pub(crate) proxy: Option<FpsProxy>,
    /// What the bank has said last, if it was told since.
    pub(crate) report: Option<BankReport>,
}

impl Found {
    /// Its place in a list.
    pub(crate) fn place(&self) -> u128 {
        self.held.id.as_u128()
    }
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
            sql::id(held.id),
            sql::id(held.payer.uuid()),
            sql::id(held.payee),
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
    id: HeldPaymentId,
) -> Result<Option<Found>, Error> {
    let sql = format!("{} WHERE held_payments.peer_payment_id = ?", select());
    let row: Option<Row> = connection.exec_first(sql, (id.uuid(),)).await?;
    let found = row.map(found).transpose()?;
    Ok(found.filter(|found| found.payment.held_payment_id() == id))
}

/// What a reviewer, or time, made of a payment; `None` if no rule has held it.
pub(crate) async fn find_held_status(
    connection: &mut impl Queryable,
    id: Uuid,
) -> Result<Option<HeldStatus>, Error> {
    let sql = "SELECT status FROM held_payments WHERE peer_payment_id = ?";
    let status: Option<String> = connection.exec_first(sql, (id,)).await?;
    let read =
        |code: String| HeldStatus::from_code(&code).ok_or_else(|| unreadable("a held payment"));
    status.map(read).transpose()
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
) -> Result<Vec<Found>, Error> {
    let (column, wanted, kind): (_, mysql_async::Value, _) = match of {
        Of::Status(status) => ("held_payments.status", status.code().into(), None),
        Of::Payer(payer, kind) => ("payer_id", payer.uuid().into(), Some(kind.code())),
    };
    let sql = format!(
        "{} WHERE {column} = ? AND held_payments.peer_payment_id < ?
             AND operations.kind = COALESCE(?, operations.kind)
         ORDER BY held_payments.peer_payment_id DESC LIMIT ?",
        select()
    );
    let rows: Vec<Row> = conn.exec(sql, (wanted, paging.before_id(), kind, paging.rows())).await?;
    rows.into_iter().map(found).collect()
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
        "SELECT {COLUMNS}, {OPERATION}, proxy_type, proxy, told.status AS bank_status,
             told.reason AS bank_reason FROM held_payments
         JOIN operations ON operation_id = held_payments.peer_payment_id
         LEFT JOIN fps_payments USING (operation_id)
         LEFT JOIN bank_instructions AS told USING (operation_id)"
    )
}

fn found(mut row: Row) -> Result<Found, Error> {
    let (proxy_type, proxy): (Option<String>, Option<Vec<u8>>) =
        (take(&mut row, "proxy_type")?, take(&mut row, "proxy")?);
    let proxy = proxy_type.zip(proxy).map(|(proxy_type, proxy)| read_proxy(&proxy_type, &proxy));
    let (bank_status, bank_reason): (Option<String>, Option<String>) =
        (take(&mut row, "bank_status")?, take(&mut row, "bank_reason")?);
    let report = bank_status.map(|status| read_report(&status, bank_reason)).transpose()?;
    let held = held_payment(&mut row)?;
    Ok(Found { held, payment: operation(row)?, proxy: proxy.transpose()?, report })
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
        id: take(row, "peer_payment_id")?,
        payer: UserId::from_uuid(take(row, "payer_id")?),
        payee: take(row, "payee_id")?,
        status: HeldStatus::from_code(&status).ok_or_else(corrupt)?,
        returned_because: cause.transpose()?,
        visibility: Visibility::from_code(&visibility).ok_or_else(corrupt)?,
        why: serde_json::from_str(&why).map_err(|_| corrupt())?,
        review: review.transpose()?,
    })
}
