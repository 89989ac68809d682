//! Releases of what was stopped, and who decided about them.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Row};
use service::Paging;
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{AccountId, BusinessId, ReleaseId, StaffId, UserId};

use super::operations::take;
use super::{money, stored, unreadable};
use crate::domain::{AccountKind, Release, ReleaseScope, ReleaseStatus};

const COLUMNS: &str = "release_id, account_id, account_kind, released, remaining, reason, status,
    newest_line, proposed_by, proposer, proposed_at, decided_by, decider,
    decided_at";

pub(crate) async fn insert_release(tx: &mut Tx, release: &Release) -> Result<(), Error> {
    let (released, remaining) = columns(release.scope);
    let values: Vec<mysql_async::Value> = vec![
        release.id.uuid().into(),
        release.account_id.uuid().into(),
        AccountKind::of(release.account_id).code().into(),
        released.into(),
        remaining.into(),
        release.reason.as_str().into(),
        release.status.code().into(),
        release.newest_line.into(),
        release.proposed_by.uuid().into(),
        release.proposer.as_str().into(),
        stored(release.proposed_at).into(),
    ];
    tx.exec_drop(
        "INSERT INTO releases (release_id, account_id, account_kind, released, remaining, reason,
             status, newest_line, proposed_by, proposer, proposed_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        values,
    )
    .await
}

/// What was proposed since a moment of an account that this transaction has locked, and waits to be
/// decided.
pub(crate) async fn list_proposed(
    tx: &mut Tx,
    account_id: AccountId,
    since: OffsetDateTime,
) -> Result<Vec<Release>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM releases WHERE account_id = ? AND status = ? AND proposed_at > ?"
    );
    let proposed = ReleaseStatus::Proposed.code();
    let rows: Vec<Row> = tx.exec(sql, (account_id.uuid(), proposed, stored(since))).await?;
    rows.into_iter().map(release).collect()
}

pub(crate) async fn find_release(
    connection: &mut impl Queryable,
    id: ReleaseId,
) -> Result<Option<Release>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM releases WHERE release_id = ?");
    let row: Option<Row> = connection.exec_first(sql, (id.uuid(),)).await?;
    row.map(release).transpose()
}

/// Nobody else decides about it until this transaction ends.
pub(crate) async fn lock_release(tx: &mut Tx, id: ReleaseId) -> Result<Option<Release>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM releases WHERE release_id = ? FOR UPDATE");
    let row: Option<Row> = tx.exec_first(sql, (id.uuid(),)).await?;
    row.map(release).transpose()
}

/// Writes what a member of staff has decided.
pub(crate) async fn update_decision(tx: &mut Tx, release: &Release) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE releases SET status = ?, decided_by = ?, decider = ?, decided_at = ?
         WHERE release_id = ?",
        (
            release.status.code(),
            release.decided_by.map(StaffId::uuid),
            release.decider.as_ref().map(|name| name.as_str()),
            release.decided_at.map(stored),
            release.id.uuid(),
        ),
    )
    .await
}

/// Those that stand like this, newest first.
pub(crate) async fn list_releases(
    connection: &mut Conn,
    status: ReleaseStatus,
    paging: &Paging,
) -> Result<Vec<Release>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM releases WHERE status = ? AND release_id < ?
         ORDER BY release_id DESC LIMIT ?"
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
    let name = |name: String| name.try_into().map_err(|_| unreadable("a member of staff"));
    let status: String = take(row, "status")?;
    let utc = |at: PrimitiveDateTime| -> OffsetDateTime { at.assume_utc() };
    Ok(Release {
        id: ReleaseId::from_uuid(take(row, "release_id")?),
        account_id,
        scope,
        reason: take::<String>(row, "reason")?.try_into().map_err(|_| unreadable("a reason"))?,
        status: ReleaseStatus::from_code(&status)
            .ok_or_else(|| unreadable("a release's status"))?,
        newest_line: take(row, "newest_line")?,
        proposed_by: StaffId::from_uuid(take(row, "proposed_by")?),
        proposer: name(take(row, "proposer")?)?,
        proposed_at: utc(take(row, "proposed_at")?),
        decided_by: take::<Option<Uuid>>(row, "decided_by")?.map(StaffId::from_uuid),
        decider: take::<Option<String>>(row, "decider")?.map(name).transpose()?,
        decided_at: take::<Option<PrimitiveDateTime>>(row, "decided_at")?.map(utc),
    })
}
