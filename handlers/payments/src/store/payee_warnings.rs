//! Whom people are warned of, and who went on: a warning begins and ends in its own row.

use std::collections::BTreeSet;

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;

use super::{sql, stored, unreadable};
use crate::domain::{
    PayeeWarning, PayeeWarningLine, PayeeWarningReason, PayeeWarnings, WarningConsent, Word,
};

type Row = (u64, String);

/// Of these payees, those of whom people are warned. No lock: of a warning that begins or ends at
/// this moment either is true.
pub(super) fn select(payees: &BTreeSet<Uuid>) -> String {
    format!(
        "SELECT payee_id, payee_warning_id, warned_for FROM payee_warnings
         WHERE payee_id IN ({}) AND is_active",
        sql::ids(payees)
    )
}

pub(super) fn read(rows: Vec<(Uuid, u64, String)>) -> Result<PayeeWarnings, Error> {
    let warned = |(payee, id, reason)| Ok((payee, warning((id, reason))?));
    let found = rows.into_iter().map(warned).collect::<Result<Vec<_>, Error>>()?;
    Ok(PayeeWarnings::new(found))
}

fn warning((id, reason): Row) -> Result<PayeeWarning, Error> {
    Ok(PayeeWarning { id, reason: read_reason(&reason)? })
}

fn read_reason(code: &str) -> Result<PayeeWarningReason, Error> {
    PayeeWarningReason::from_code(code).ok_or_else(|| unreadable("what people are warned of"))
}

/// Keeps who went on.
pub(super) fn insert_consents(consents: &[WarningConsent], at: OffsetDateTime) -> String {
    let rows = sql::rows(consents.iter().map(|consent| {
        let WarningConsent { operation_id, warning_id, device_id } = consent;
        let [operation, device] = [*operation_id, device_id.uuid()].map(sql::id);
        format!("{operation}, {warning_id}, {device}, {}", sql::time(at))
    }));
    if rows.is_empty() {
        return rows;
    }
    format!(
        "INSERT INTO payee_warning_consents
             (operation_id, payee_warning_id, device_id, consented_at) VALUES {rows}"
    )
}

/// The warning of a payee that counts.
pub(crate) async fn find_warning(
    connection: &mut impl Queryable,
    payee: Uuid,
) -> Result<Option<PayeeWarning>, Error> {
    let sql = "SELECT payee_warning_id, warned_for FROM payee_warnings
        WHERE payee_id = ? AND is_active";
    let row: Option<Row> = connection.exec_first(sql, (payee,)).await?;
    row.map(warning).transpose()
}

/// The same; nobody ends it until the transaction does.
pub(crate) async fn lock_warning(tx: &mut Tx, payee: Uuid) -> Result<Option<PayeeWarning>, Error> {
    let sql = "SELECT payee_warning_id, warned_for FROM payee_warnings
        WHERE payee_id = ? AND is_active FOR UPDATE";
    let row: Option<Row> = tx.exec_first(sql, (payee,)).await?;
    row.map(warning).transpose()
}

/// Begins a warning, unless somebody has begun one in this moment.
pub(crate) async fn insert_warning(
    tx: &mut Tx,
    payee: Uuid,
    warned_for: PayeeWarningReason,
    Word { operator, reason }: &Word,
    at: OffsetDateTime,
) -> Result<(), Error> {
    let said = (reason.as_str(), operator.as_str());
    tx.exec_drop(
        "INSERT INTO payee_warnings (payee_id, warned_for, reason, operator, began_at, is_active)
         VALUES (?, ?, ?, ?, ?, TRUE) ON DUPLICATE KEY UPDATE payee_id = VALUES(payee_id)",
        (payee, warned_for.code(), said.0, said.1, stored(at)),
    )
    .await
}

/// Ends a warning that this transaction has locked.
pub(crate) async fn end_warning(
    tx: &mut Tx,
    id: u64,
    Word { operator, reason }: &Word,
    at: OffsetDateTime,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE payee_warnings SET is_active = NULL, end_reason = ?, ended_by = ?, ended_at = ?
         WHERE payee_warning_id = ?",
        (reason.as_str(), operator.as_str(), stored(at), id),
    )
    .await
}

type LineRow = (
    String,
    String,
    String,
    PrimitiveDateTime,
    Option<String>,
    Option<String>,
    Option<PrimitiveDateTime>,
);

/// The newest `limit` warnings of a payee.
pub(crate) async fn list_warnings(
    connection: &mut impl Queryable,
    payee: Uuid,
    limit: u32,
) -> Result<Vec<PayeeWarningLine>, Error> {
    let rows: Vec<LineRow> = connection
        .exec(
            "SELECT warned_for, reason, operator, began_at, end_reason, ended_by, ended_at
             FROM payee_warnings WHERE payee_id = ? ORDER BY payee_warning_id DESC LIMIT ?",
            (payee, limit),
        )
        .await?;
    let line = |(reason, why, operator, began_at, end_why, ended_by, ended_at): LineRow| {
        let ended = match (end_why, ended_by, ended_at) {
            (Some(why), Some(by), Some(at)) => Some((word(why, by)?, at.assume_utc())),
            _ => None,
        };
        let (reason, begun_by) = (read_reason(&reason)?, word(why, operator)?);
        Ok(PayeeWarningLine { reason, begun_by, began_at: began_at.assume_utc(), ended })
    };
    rows.into_iter().map(line).collect()
}

fn word(reason: String, operator: String) -> Result<Word, Error> {
    Ok(Word {
        reason: reason.try_into().map_err(|_| unreadable("a reason"))?,
        operator: operator.try_into().map_err(|_| unreadable("an operator"))?,
    })
}
