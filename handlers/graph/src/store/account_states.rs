//! How accounts stand that have ever been more than normal.

use std::collections::BTreeSet;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::database::{Tx, bytes_literal};
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{AccountRisk, GraphAccountId};

use super::pseudonyms::{list_of, place};
use crate::domain::{AccountState, Clearance, Subject};

const SELECT: &str = "SELECT risk, reasons, version, cleared_reasons, cleared_until
     FROM account_states WHERE account_id = ?";

/// Risk, reasons, version, and what was cleared until when.
type Row = (String, String, u32, String, Option<PrimitiveDateTime>);

/// Those that are to be looked at again by now, whose time came first.
pub(crate) async fn list_due_accounts(
    conn: &mut Conn,
    now: OffsetDateTime,
    rows_max: usize,
) -> Result<BTreeSet<GraphAccountId>, Error> {
    let sql = "SELECT account_id FROM account_states WHERE due_at <= ? ORDER BY due_at LIMIT ?";
    let found: Vec<Uuid> = conn.exec(sql, (instant(now), rows_max)).await?;
    Ok(found.into_iter().map(GraphAccountId::from_uuid).collect())
}

/// As it is, for whoever changes it.
pub(crate) async fn lock_account_state(
    tx: &mut Tx,
    account: GraphAccountId,
) -> Result<Option<AccountState>, Error> {
    let sql = format!("{SELECT} FOR UPDATE");
    read(tx.exec_first(sql, (account.uuid(),)).await?)
}

/// `None` of one that has always been normal.
pub(crate) async fn find_account_state(
    conn: &mut Conn,
    account: GraphAccountId,
) -> Result<Option<AccountState>, Error> {
    read(conn.exec_first(SELECT, (account.uuid(),)).await?)
}

fn read(row: Option<Row>) -> Result<Option<AccountState>, Error> {
    let json = |text: &str| serde_json::from_str(text).map_err(|error| Error::Other(error.into()));
    let state = |(risk, reasons, version, cleared, until): Row| {
        let unreadable = || Error::Other(format!("the risk {risk} cannot be read").into());
        let clearance = |until: PrimitiveDateTime| {
            let reasons = serde_json::from_str(&cleared);
            let reasons = reasons.map_err(|error| Error::Other(error.into()))?;
            Ok::<_, Error>(Clearance { reasons, until: until.assume_utc() })
        };
        Ok(AccountState {
            risk: AccountRisk::from_code(&risk).ok_or_else(unreadable)?,
            reasons: json(&reasons)?,
            version,
            clearance: until.map(clearance).transpose()?,
        })
    };
    row.map(state).transpose()
}

pub(crate) async fn save_account_state(
    tx: &mut Tx,
    account: GraphAccountId,
    state: &AccountState,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let reasons =
        serde_json::to_string(&state.reasons).map_err(|error| Error::Other(error.into()))?;
    let (cleared, until) =
        state.clearance.as_ref().map(|one| (&*one.reasons, instant(one.until))).unzip();
    let cleared = serde_json::to_string(cleared.unwrap_or_default())
        .map_err(|error| Error::Other(error.into()))?;
    let due_at = state.due_after(now).map(instant);
    tx.exec_drop(
        "INSERT INTO account_states (account_id, risk, reasons, version, cleared_reasons,
             cleared_until, changed_at, due_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE
             changed_at = IF(VALUES(version) = version, changed_at, VALUES(changed_at)),
             risk = VALUES(risk), reasons = VALUES(reasons), version = VALUES(version),
             cleared_reasons = VALUES(cleared_reasons), cleared_until = VALUES(cleared_until),
             due_at = VALUES(due_at)",
        (
            account.uuid(),
            state.risk.code(),
            reasons,
            state.version,
            cleared,
            until,
            instant(now),
            due_at,
        ),
    )
    .await
}

/// This one is looked at again at that time, however it stands.
pub(crate) async fn postpone_account(
    conn: &mut Conn,
    account: GraphAccountId,
    until: OffsetDateTime,
) -> Result<(), Error> {
    conn.exec_drop(
        "INSERT INTO account_states (account_id, risk, reasons, version, changed_at, due_at)
         VALUES (?, ?, '[]', 0, UTC_TIMESTAMP(6), ?)
         ON DUPLICATE KEY UPDATE due_at = VALUES(due_at)",
        (account.uuid(), AccountRisk::Normal.code(), instant(until)),
    )
    .await
}

/// Keeps nothing of the accounts of these, while it is still known which they are.
pub(crate) async fn delete_account_states(tx: &mut Tx, subjects: &[Subject]) -> Result<(), Error> {
    let places = list_of(subjects.iter().map(|subject| place(*subject)));
    if places.is_empty() {
        return Ok(());
    }
    tx.query_drop(format!(
        "DELETE t FROM account_states t JOIN pseudonyms s USING (account_id)
         WHERE (s.kind, s.subject_id) IN ({places})"
    ))
    .await
}

/// These are looked at again only when they move money.
pub(crate) async fn clear_due(
    conn: &mut Conn,
    accounts: &BTreeSet<GraphAccountId>,
) -> Result<(), Error> {
    if accounts.is_empty() {
        return Ok(());
    }
    let those = list_of(accounts.iter().map(|id| bytes_literal(id.uuid().as_bytes())));
    conn.query_drop(format!(
        "UPDATE account_states SET due_at = NULL WHERE account_id IN ({those})"
    ))
    .await
}

fn instant(moment: OffsetDateTime) -> PrimitiveDateTime {
    let moment = moment.to_offset(time::UtcOffset::UTC);
    PrimitiveDateTime::new(moment.date(), moment.time())
}
