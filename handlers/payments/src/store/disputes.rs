//! Disputes of payments.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Params, Row, Value};
use service::Paging;
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{BusinessId, DisputeId, PaymentId, RefundId, UserId};

use super::operations::{self, take};
use super::sql::{self, Lock};
use super::{money, staff_decisions, stored, unreadable};
use crate::domain::{Cut, Dispute, DisputeReason, DisputeStatus, Operation, Ruling};

const COLUMNS: &str = "disputes.dispute_id, payment_id, payer_id, business_id, amount,
    refunded_before, disputes.reason, statement, answer, accepted_by, disputes.status, version,
    opened_at, due_at, ended_at, refund_id, disputes.ruling_id, upheld";

/// Each with its newest ruling.
const TABLES: &str = "disputes LEFT JOIN rulings ON rulings.ruling_id = disputes.ruling_id";

/// What a dispute is read from, up to the condition.
fn select() -> String {
    format!("SELECT {COLUMNS}, {} FROM {TABLES}", staff_decisions::select("rulings"))
}

/// Whose disputes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Of {
    Payer(UserId),
    Business(BusinessId),
    /// Everybody's that stand like this.
    Status(DisputeStatus),
}

/// The payment, and all its disputes. Nobody else disputes it until this transaction ends.
pub(crate) async fn lock_payment(
    tx: &mut Tx,
    id: PaymentId,
) -> Result<(Option<Operation>, Vec<Dispute>), Error> {
    let ids = sql::ids(&[id.uuid()]);
    let rows: Vec<Row> = tx.query(operations::select_locked(&ids, Lock::Wait)).await?;
    let payment = operations::read(rows)?.into_iter().next();
    let sql = format!("{} WHERE payment_id = ?", select());
    let rows: Vec<Row> = tx.exec(sql, (id.uuid(),)).await?;
    Ok((payment, rows.into_iter().map(dispute).collect::<Result<_, _>>()?))
}

/// How many a payer has opened since a moment.
pub(crate) async fn count_recent(
    tx: &mut Tx,
    payer: UserId,
    since: OffsetDateTime,
) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM disputes WHERE payer_id = ? AND dispute_id >= ?";
    let first = Cut::at(since).uuid();
    Ok(tx.exec_first(sql, (payer.uuid(), first)).await?.unwrap_or(0))
}

/// How many of a payer's may still bring them money.
pub(crate) async fn count_unsettled(tx: &mut Tx, payer: UserId) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM disputes
         WHERE payer_id = ? AND status IN ('open', 'under-review', 'upheld')";
    Ok(tx.exec_first(sql, (payer.uuid(),)).await?.unwrap_or(0))
}

/// How many were decided for the payer before a moment, whose refund has not followed.
pub(crate) async fn count_owed(conn: &mut Conn, before: OffsetDateTime) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM disputes
         JOIN rulings ON rulings.ruling_id = disputes.ruling_id
         WHERE disputes.status = 'upheld' AND decided_at < ?";
    Ok(conn.exec_first(sql, (stored(before),)).await?.unwrap_or(0))
}

/// Writes one as it is now, a new one or another, with its newest ruling.
pub(crate) async fn save_dispute(tx: &mut Tx, dispute: &Dispute) -> Result<(), Error> {
    if let Some(ruling) = &dispute.ruling {
        save_ruling(tx, dispute.id, ruling).await?;
    }
    let values: Vec<Value> = vec![
        dispute.id.uuid().into(),
        dispute.payment_id.uuid().into(),
        dispute.payer.uuid().into(),
        dispute.business_id.uuid().into(),
        dispute.amount.minor_units().into(),
        dispute.refunded_before.into(),
        dispute.reason.code().into(),
        dispute.statement.as_str().into(),
        dispute.answer.as_ref().map(|answer| answer.as_str()).into(),
        dispute.accepted_by.map(UserId::uuid).into(),
        dispute.status.code().into(),
        dispute.version.into(),
        stored(dispute.opened_at).into(),
        dispute.due_at.map(stored).into(),
        dispute.ended_at.map(stored).into(),
        dispute.refund_id.map(RefundId::uuid).into(),
        dispute.ruling.as_ref().map(|ruling| ruling.id).into(),
    ];
    tx.exec_drop(
        "INSERT INTO disputes (dispute_id, payment_id, payer_id, business_id, amount,
             refunded_before, reason, statement, answer, accepted_by, status, version, opened_at,
             due_at, ended_at, refund_id, ruling_id)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE answer = VALUES(answer), accepted_by = VALUES(accepted_by),
             status = VALUES(status), version = VALUES(version), due_at = VALUES(due_at),
             ended_at = VALUES(ended_at), refund_id = VALUES(refund_id),
             ruling_id = VALUES(ruling_id)",
        values,
    )
    .await
}

async fn save_ruling(tx: &mut Tx, dispute_id: DisputeId, ruling: &Ruling) -> Result<(), Error> {
    let mut values: Vec<Value> =
        vec![ruling.id.into(), dispute_id.uuid().into(), ruling.upheld.into()];
    values.extend(staff_decisions::values(&ruling.decision));
    let places = vec!["?"; values.len()].join(", ");
    let (decision, updates) = (staff_decisions::COLUMNS, staff_decisions::UPDATES);
    let sql = format!(
        "INSERT INTO rulings (ruling_id, dispute_id, upheld, {decision}) VALUES ({places})
         ON DUPLICATE KEY UPDATE {updates}"
    );
    tx.exec_drop(sql, values).await
}

pub(crate) async fn find_dispute(
    connection: &mut impl Queryable,
    id: DisputeId,
) -> Result<Option<Dispute>, Error> {
    let sql = format!("{} WHERE disputes.dispute_id = ?", select());
    let row: Option<Row> = connection.exec_first(sql, (id.uuid(),)).await?;
    row.map(dispute).transpose()
}

/// Nobody else changes it until this transaction ends.
pub(crate) async fn lock_dispute(tx: &mut Tx, id: DisputeId) -> Result<Option<Dispute>, Error> {
    let sql = format!("{} WHERE disputes.dispute_id = ? FOR UPDATE", select());
    let row: Option<Row> = tx.exec_first(sql, (id.uuid(),)).await?;
    row.map(dispute).transpose()
}

/// One page, newest first.
pub(crate) async fn list_disputes(
    connection: &mut Conn,
    of: Of,
    paging: &Paging,
) -> Result<Vec<Dispute>, Error> {
    let (column, value) = match of {
        Of::Payer(id) => ("payer_id", Value::from(id.uuid())),
        Of::Business(id) => ("business_id", id.uuid().into()),
        Of::Status(status) => ("status", status.code().into()),
    };
    let sql = format!(
        "{} WHERE disputes.{column} = ? AND disputes.dispute_id >= ? AND disputes.dispute_id < ?
         ORDER BY disputes.dispute_id DESC LIMIT ?",
        select()
    );
    let values =
        vec![value, paging.from_id().into(), paging.before_id().into(), paging.rows().into()];
    let rows: Vec<Row> = connection.exec(sql, Params::Positional(values)).await?;
    rows.into_iter().map(dispute).collect()
}

/// Up to `limit` that stand like this and are due, after that one, in the order in which they were
/// due.
pub(crate) async fn list_due(
    connection: &mut Conn,
    status: DisputeStatus,
    now: OffsetDateTime,
    (after, after_id): (OffsetDateTime, DisputeId),
    limit: u32,
) -> Result<Vec<(OffsetDateTime, DisputeId)>, Error> {
    let after = stored(after);
    let values = (status.code(), stored(now), after, after, after_id.uuid(), limit);
    let due =
        |(due_at, id): (PrimitiveDateTime, Uuid)| (due_at.assume_utc(), DisputeId::from_uuid(id));
    connection
        .exec_map(
            "SELECT due_at, dispute_id FROM disputes WHERE status = ? AND due_at <= ?
                 AND due_at >= ? AND NOT (due_at = ? AND dispute_id <= ?)
             ORDER BY due_at, dispute_id LIMIT ?",
            values,
            due,
        )
        .await
}

fn dispute(mut row: Row) -> Result<Dispute, Error> {
    let row = &mut row;
    let corrupt = || unreadable("a dispute");
    let utc = |at: PrimitiveDateTime| at.assume_utc();
    let (reason, status): (String, String) = (take(row, "reason")?, take(row, "status")?);
    let statement: String = take(row, "statement")?;
    let answer: Option<String> = take(row, "answer")?;
    let refund_id: Option<Uuid> = take(row, "refund_id")?;
    Ok(Dispute {
        ruling: ruling(row)?,
        id: DisputeId::from_uuid(take(row, "dispute_id")?),
        payment_id: PaymentId::from_uuid(take(row, "payment_id")?),
        payer: UserId::from_uuid(take(row, "payer_id")?),
        business_id: BusinessId::from_uuid(take(row, "business_id")?),
        amount: money(take(row, "amount")?)?,
        refunded_before: take(row, "refunded_before")?,
        reason: DisputeReason::from_code(&reason).ok_or_else(corrupt)?,
        statement: statement.try_into().map_err(|_| corrupt())?,
        answer: answer.map(|text| text.try_into().map_err(|_| corrupt())).transpose()?,
        accepted_by: take::<Option<Uuid>>(row, "accepted_by")?.map(UserId::from_uuid),
        status: DisputeStatus::from_code(&status).ok_or_else(corrupt)?,
        version: take(row, "version")?,
        opened_at: utc(take(row, "opened_at")?),
        due_at: take::<Option<_>>(row, "due_at")?.map(utc),
        ended_at: take::<Option<_>>(row, "ended_at")?.map(utc),
        refund_id: refund_id.map(RefundId::from_uuid),
    })
}

fn ruling(row: &mut Row) -> Result<Option<Ruling>, Error> {
    let Some(id) = take::<Option<Uuid>>(row, "ruling_id")? else { return Ok(None) };
    let upheld = take(row, "upheld")?;
    Ok(Some(Ruling { id, upheld, decision: staff_decisions::read(row)? }))
}
