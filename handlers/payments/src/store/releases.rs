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
use crate::domain::{AccountKind, Release, ReleaseStatus, Released};

const COLUMNS: &str = "release_id, account_id, account_kind, released, remaining, reason, status,
    newest_line, proposed_by, proposer, proposed_at, decider, decided_at";

pub(crate) async fn insert_release(tx: &mut Tx, release: &Release) -> Result<(), Error> {
    let (released, remaining) = columns(release.released);
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

/// What waits to be decided of an account that this transaction has locked.
pub(crate) async fn list_proposed(
    tx: &mut Tx,
    account_id: AccountId,
) -> Result<Vec<Release>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM releases WHERE account_id = ? AND status = ?");
    let proposed = ReleaseStatus::Proposed.code();
    let rows: Vec<Row> = tx.exec(sql, (account_id.uuid(), proposed)).await?;
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
pub(crate) async fn update_decision(
    tx: &mut Tx,
    release: &Release,
    decided_by: StaffId,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE releases SET status = ?, decided_by = ?, decider = ?, decided_at = ?
         WHERE release_id = ?",
        (
            release.status.code(),
            decided_by.uuid(),
            release.decider.as_ref().map(|name| name.as_str()),
            release.decided_at.map(stored),
            release.id.uuid(),
        ),
    )
    .await
}

/// All, newest first.
pub(crate) async fn list_releases(
    connection: &mut Conn,
    paging: &Paging,
) -> Result<Vec<Release>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM releases WHERE release_id < ? ORDER BY release_id DESC LIMIT ?"
    );
    let rows: Vec<Row> = connection.exec(sql, (paging.before_id(), paging.rows())).await?;
    rows.into_iter().map(release).collect()
}

fn columns(released: Released) -> (&'static str, Option<i64>) {
    match released {
        Released::Unfreeze => ("unfreeze", None),
        Released::AllowIncoming => ("allow-incoming", None),
        Released::LegalHold { remaining } => {
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
    let released = match released.as_str() {
        "unfreeze" => Released::Unfreeze,
        "allow-incoming" => Released::AllowIncoming,
        "legal-hold" => Released::LegalHold { remaining: remaining.map(money).transpose()? },
        _ => return Err(unreadable("what a release lets go")),
    };
    let name = |name: String| name.try_into().map_err(|_| unreadable("a member of staff"));
    let status: String = take(row, "status")?;
    let utc = |at: PrimitiveDateTime| -> OffsetDateTime { at.assume_utc() };
    Ok(Release {
        id: ReleaseId::from_uuid(take(row, "release_id")?),
        account_id,
        released,
        reason: take::<String>(row, "reason")?.try_into().map_err(|_| unreadable("a reason"))?,
        status: ReleaseStatus::from_code(&status)
            .ok_or_else(|| unreadable("a release's status"))?,
        newest_line: take(row, "newest_line")?,
        proposed_by: StaffId::from_uuid(take(row, "proposed_by")?),
        proposer: name(take(row, "proposer")?)?,
        proposed_at: utc(take(row, "proposed_at")?),
        decider: take::<Option<String>>(row, "decider")?.map(name).transpose()?,
        decided_at: take::<Option<PrimitiveDateTime>>(row, "decided_at")?.map(utc),
    })
}
