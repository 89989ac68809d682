//! Releases of what was stopped, and who decided about them.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Row, Value};
use service::Paging;
use service::database::Tx;
use time::OffsetDateTime;
use uuid::Uuid;
use values::{AccountId, BusinessId, ReleaseId, UserId};

use super::operations::take;
use super::{money, staff_decisions, stored, unreadable};
use crate::domain::{AccountKind, DecisionStatus, Release, ReleaseScope};

const COLUMNS: &str = "release_id, account_id, account_kind, released, remaining, newest_line";

/// What a release is read from, up to the condition.
fn select() -> String {
    format!("SELECT {COLUMNS}, {} FROM releases", staff_decisions::select("releases"))
}

/// Writes one as it is now, a new one or one that was decided.
pub(crate) async fn save_release(tx: &mut Tx, release: &Release) -> Result<(), Error> {
    let (released, remaining) = columns(release.scope);
    let mut values: Vec<Value> = vec![
        release.id.uuid().into(),
        release.account_id.uuid().into(),
        AccountKind::of(release.account_id).code().into(),
        released.into(),
        remaining.into(),
        release.newest_line.into(),
    ];
    values.extend(staff_decisions::values(&release.decision));
    let places = vec!["?"; values.len()].join(", ");
    let (decision, updates) = (staff_decisions::COLUMNS, staff_decisions::UPDATES);
    let sql = format!(
        "INSERT INTO releases ({COLUMNS}, {decision}) VALUES ({places})
         ON DUPLICATE KEY UPDATE {updates}"
    );
    tx.exec_drop(sql, values).await
}

/// What was proposed since a moment of an account that this transaction has locked, and waits to be
/// decided.
pub(crate) async fn list_proposed(
    tx: &mut Tx,
    account_id: AccountId,
    since: OffsetDateTime,
) -> Result<Vec<Release>, Error> {
    let sql = format!("{} WHERE account_id = ? AND status = ? AND proposed_at > ?", select());
    let proposed = DecisionStatus::Proposed.code();
    let rows: Vec<Row> = tx.exec(sql, (account_id.uuid(), proposed, stored(since))).await?;
    rows.into_iter().map(release).collect()
}

pub(crate) async fn find_release(
    connection: &mut impl Queryable,
    id: ReleaseId,
) -> Result<Option<Release>, Error> {
    let sql = format!("{} WHERE release_id = ?", select());
    let row: Option<Row> = connection.exec_first(sql, (id.uuid(),)).await?;
    row.map(release).transpose()
}

/// Nobody else decides about it until this transaction ends.
pub(crate) async fn lock_release(tx: &mut Tx, id: ReleaseId) -> Result<Option<Release>, Error> {
    let sql = format!("{} WHERE release_id = ? FOR UPDATE", select());
    let row: Option<Row> = tx.exec_first(sql, (id.uuid(),)).await?;
    row.map(release).transpose()
}

/// Those that stand like this, newest first.
pub(crate) async fn list_releases(
    connection: &mut Conn,
    status: DecisionStatus,
    paging: &Paging,
) -> Result<Vec<Release>, Error> {
    let sql = format!(
        "{} WHERE status = ? AND release_id < ? ORDER BY release_id DESC LIMIT ?",
        select()
    );
    let values = (status.code(), paging.before_id(), paging.rows());
    let rows: Vec<Row> = connection.exec(sql, values).await?;
    rows.into_iter().map(release).collect()
}

fn columns(scope: ReleaseScope) -> (&'static str, Option<i64>) {
    match scope {
        ReleaseScope::Unfreeze => ("unfreeze", None),
        ReleaseScope::AllowIncoming => ("allow-incoming", None),
        ReleaseScope::LegalHold { remaining } => {
            ("legal-hold", remaining.map(values::Money::minor_units))
        }
    }
}

fn release(mut row: Row) -> Result<Release, Error> {
    let row = &mut row;
    let (account_id, kind): (Uuid, String) = (take(row, "account_id")?, take(row, "account_kind")?);
    let account_id = match AccountKind::from_code(&kind) {
        Some(AccountKind::Wallet) => AccountId::User(UserId::from_uuid(account_id)),
        Some(AccountKind::Merchant) => AccountId::Business(BusinessId::from_uuid(account_id)),
        _ => return Err(unreadable("a release's account")),
    };
    let (released, remaining): (String, Option<i64>) =
        (take(row, "released")?, take(row, "remaining")?);
    let scope = match released.as_str() {
        "unfreeze" => ReleaseScope::Unfreeze,
        "allow-incoming" => ReleaseScope::AllowIncoming,
        "legal-hold" => ReleaseScope::LegalHold { remaining: remaining.map(money).transpose()? },
        _ => return Err(unreadable("what a release lets go")),
    };
    Ok(Release {
        id: ReleaseId::from_uuid(take(row, "release_id")?),
        account_id,
        scope,
        newest_line: take(row, "newest_line")?,
        decision: staff_decisions::read(row)?,
    })
}
