//! The work list of what the bank and the ledger differ in.

use std::collections::HashMap;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Row, Value};
use service::Paging;
use service::database::{Tx, bytes_literal};
use time::{Date, OffsetDateTime};
use uuid::Uuid;
use values::{BankDifferenceId, Operator, Reason, StaffId};

use super::{stored, take, unreadable};
use crate::domain::{BankDifference, DifferenceStatus, DifferenceType, Explanation};

const SELECT: &str = "SELECT bank_difference_id, day, difference, operation_id, reference,
    bank_reference, bank_code, bank_amount, ledger_amount, matched_on, status, explanation,
    explained_by, explainer, closed_by, version FROM bank_differences";
/// How many rows one statement looks up or writes.
const ROWS_AT_ONCE: usize = 1_000;

pub(crate) async fn insert_differences(
    tx: &mut Tx,
    differences: &[BankDifference],
) -> Result<(), Error> {
    for rows in differences.chunks(ROWS_AT_ONCE) {
        let places = vec!["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"; rows.len()].join(", ");
        let insert = format!(
            "INSERT INTO bank_differences (bank_difference_id, day, difference, operation_id,
                 reference, bank_reference, bank_code, bank_amount, ledger_amount, matched_on,
                 status, version) VALUES {places}"
        );
        let values: Vec<Value> = rows.iter().flat_map(values_of).collect();
        tx.exec_drop(insert, values).await?;
    }
    Ok(())
}

fn values_of(row: &BankDifference) -> [Value; 12] {
    [
        row.id.uuid().into(),
        row.day.into(),
        row.difference.code().into(),
        row.operation_id.into(),
        row.reference.as_deref().into(),
        row.bank_reference.as_str().into(),
        row.bank_code.as_str().into(),
        row.bank_amount.into(),
        row.ledger_amount.into(),
        row.matched_on.into(),
        row.status.code().into(),
        row.version.into(),
    ]
}

/// What lines of earlier days have met on this day: the operations, and cents as the bank counts.
pub(crate) async fn list_met_before(
    connection: &mut impl Queryable,
    day: Date,
) -> Result<Vec<(Uuid, i64)>, Error> {
    let sql = "SELECT operation_id, bank_amount FROM bank_differences
         WHERE matched_on = ? AND day < ? AND operation_id IS NOT NULL";
    connection.exec(sql, (day, day)).await
}

/// The rows that are about these operations and wait for their other side, by operation. What
/// people have explained or closed does not wait: a line that comes nevertheless is theirs to look
/// at.
pub(crate) async fn find_waiting(
    connection: &mut impl Queryable,
    day: Date,
    operation_ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<BankDifference>>, Error> {
    let mut waiting: HashMap<Uuid, Vec<BankDifference>> = HashMap::new();
    for ids in operation_ids.chunks(ROWS_AT_ONCE) {
        let sql = format!(
            "{SELECT} WHERE operation_id IN ({}) AND day < '{day}'
                 AND matched_on IS NULL AND status = 'open'
             ORDER BY bank_difference_id",
            literals(ids)
        );
        let rows: Vec<Row> = connection.query(sql).await?;
        for row in rows {
            let row = difference(row)?;
            waiting.entry(row.operation_id.unwrap_or_default()).or_default().push(row);
        }
    }
    Ok(waiting)
}

/// Their other side has come: nobody has to look at them any more.
pub(crate) async fn save_met(
    tx: &mut Tx,
    day: Date,
    ids: &[BankDifferenceId],
) -> Result<(), Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    for ids in ids.chunks(ROWS_AT_ONCE) {
        let sql = format!(
            "UPDATE bank_differences SET matched_on = '{day}', status = 'closed',
                 version = version + 1
             WHERE bank_difference_id IN ({}) AND matched_on IS NULL",
            literals(ids)
        );
        tx.query_drop(sql).await?;
    }
    Ok(())
}

/// By how much the bank holds more than the ledger says at a day's end, by all that is known.
pub(crate) async fn sum_known(tx: &mut Tx, day: Date) -> Result<i64, Error> {
    let sql = "SELECT CAST(COALESCE(SUM(bank_amount - ledger_amount), 0) AS SIGNED)
         FROM bank_differences WHERE day <= ? AND (matched_on IS NULL OR matched_on > ?)";
    tx.exec_first(sql, (day, day)).await?.ok_or_else(|| unreadable("a sum"))
}

/// Of one day, the newest first.
pub(crate) async fn list_differences(
    connection: &mut Conn,
    day: Date,
    status: Option<DifferenceStatus>,
    paging: &Paging,
) -> Result<Vec<BankDifference>, Error> {
    let sql = format!(
        "{SELECT} WHERE day = ? AND bank_difference_id >= ? AND bank_difference_id < ?
             AND status = COALESCE(?, status) ORDER BY bank_difference_id DESC LIMIT ?"
    );
    let status = status.map(DifferenceStatus::code);
    let page = (day, paging.from_id(), paging.before_id(), status, paging.rows());
    let rows: Vec<Row> = connection.exec(sql, page).await?;
    rows.into_iter().map(difference).collect()
}

pub(crate) async fn lock_difference(
    tx: &mut Tx,
    day: Date,
    id: BankDifferenceId,
) -> Result<Option<BankDifference>, Error> {
    let sql = format!("{SELECT} WHERE bank_difference_id = ? AND day = ? FOR UPDATE");
    let row: Option<Row> = tx.exec_first(sql, (id.uuid(), day)).await?;
    row.map(difference).transpose()
}

/// What people have done with it.
pub(crate) async fn update_difference(tx: &mut Tx, row: &BankDifference) -> Result<(), Error> {
    let explanation = row.explanation.as_ref();
    let values: Vec<Value> = vec![
        row.status.code().into(),
        explanation.map(|explanation| explanation.reason.as_str()).into(),
        explanation.map(|explanation| explanation.by.uuid()).into(),
        explanation.map(|explanation| explanation.name.as_str()).into(),
        row.closed_by.as_ref().map(Operator::as_str).into(),
        row.version.into(),
        row.id.uuid().into(),
    ];
    let sql = "UPDATE bank_differences SET status = ?, explanation = ?, explained_by = ?,
         explainer = ?, closed_by = ?, version = ? WHERE bank_difference_id = ?";
    tx.exec_drop(sql, values).await
}

/// Keeps what somebody has decided, by which the row is as it is now.
pub(crate) async fn insert_decision(
    tx: &mut Tx,
    row: &BankDifference,
    (by, name): (StaffId, &Operator),
    at: OffsetDateTime,
) -> Result<(), Error> {
    let explanation = row.explanation.as_ref().map(|explanation| explanation.reason.as_str());
    let (id, status) = (row.id.uuid(), row.status.code());
    tx.exec_drop(
        "INSERT INTO bank_decisions (bank_difference_id, version, status, explanation, decided_by,
             decider, decided_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (id, row.version, status, explanation, by.uuid(), name.as_str(), stored(at)),
    )
    .await
}

fn literals(ids: &[Uuid]) -> String {
    ids.iter().map(|id| bytes_literal(id.as_bytes())).collect::<Vec<_>>().join(", ")
}

fn difference(mut row: Row) -> Result<BankDifference, Error> {
    let row = &mut row;
    let corrupt = || unreadable("a difference from the bank");
    let (difference, status): (String, String) = (take(row, "difference")?, take(row, "status")?);
    let by: Option<Uuid> = take(row, "explained_by")?;
    let (name, reason): (Option<String>, Option<String>) =
        (take(row, "explainer")?, take(row, "explanation")?);
    let closed_by: Option<String> = take(row, "closed_by")?;
    let operator = |name: String| Operator::try_from(name).map_err(|_| corrupt());
    let explanation = match (by, name, reason) {
        (Some(by), Some(name), Some(reason)) => Some(Explanation {
            by: StaffId::from_uuid(by),
            name: operator(name)?,
            reason: Reason::try_from(reason).map_err(|_| corrupt())?,
        }),
        _ => None,
    };
    Ok(BankDifference {
        id: BankDifferenceId::from_uuid(take(row, "bank_difference_id")?),
        day: take(row, "day")?,
        difference: DifferenceType::from_code(&difference).ok_or_else(corrupt)?,
        operation_id: take(row, "operation_id")?,
        reference: take(row, "reference")?,
        bank_reference: take(row, "bank_reference")?,
        bank_code: take(row, "bank_code")?,
        bank_amount: take(row, "bank_amount")?,
        ledger_amount: take(row, "ledger_amount")?,
        matched_on: take(row, "matched_on")?,
        status: DifferenceStatus::from_code(&status).ok_or_else(corrupt)?,
        explanation,
        closed_by: closed_by.map(operator).transpose()?,
        version: take(row, "version")?,
    })
}
