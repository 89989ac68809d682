//! Which shops can be paid, and who said so: a change and its line are one transaction.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::PrimitiveDateTime;
use uuid::Uuid;
use values::{BusinessId, UserId};

use super::sources::{columns, source};
use super::stored;
use crate::domain::{Approval, ApprovalChange};

/// As `tier_changes::take_tier_version`, of a business. What onboarding says may come before what
/// business-profile does: then it waits in a row that is no shop yet.
pub(crate) async fn take_approval_version(
    tx: &mut Tx,
    business_id: BusinessId,
    version: u32,
) -> Result<bool, Error> {
    let business_id = business_id.uuid();
    tx.exec_drop(
        "INSERT INTO shops (business_id, owner_user_id, shop_name, version)
         VALUES (?, ?, '', 0) ON DUPLICATE KEY UPDATE business_id = VALUES(business_id)",
        (business_id, Uuid::nil()),
    )
    .await?;
    tx.exec_drop(
        "UPDATE shops SET verification_version = ?
         WHERE business_id = ? AND verification_version < ?",
        (version, business_id, version),
    )
    .await?;
    Ok(tx.affected_rows() > 0)
}

/// Whether a shop can be paid, and on whose word; `None` of a business of which nothing is known.
/// Nobody changes it until the transaction ends.
pub(crate) async fn lock_approval(
    tx: &mut Tx,
    business_id: BusinessId,
) -> Result<Option<Approval>, Error> {
    let sql = "SELECT is_approved, approved_owner_id, IF(version > 0, owner_user_id, NULL)
         FROM shops WHERE business_id = ? FOR UPDATE";
    let row: Option<(bool, Option<Uuid>, Option<Uuid>)> =
        tx.exec_first(sql, (business_id.uuid(),)).await?;
    let Some((is_approved, of_owner, owner)) = row else { return Ok(None) };
    // A program of before let onboarding approve what an operator had stopped: that ended the stop.
    let sql = "SELECT NOT is_approved FROM approval_changes
         WHERE business_id = ? AND (operator IS NOT NULL OR is_approved)
         ORDER BY approval_change_id DESC LIMIT 1";
    let is_stopped: Option<bool> = tx.exec_first(sql, (business_id.uuid(),)).await?;
    Ok(Some(Approval {
        is_approved,
        of_owner: of_owner.or(owner).map(UserId::from_uuid),
        owner: owner.map(UserId::from_uuid),
        is_stopped: is_stopped.unwrap_or(false),
    }))
}

/// Lets a shop that this transaction has locked be paid while this is its owner, or no longer, and
/// adds the line that says so.
pub(crate) async fn insert_approval_change(
    tx: &mut Tx,
    business_id: BusinessId,
    change: &ApprovalChange,
    of_owner: Option<UserId>,
) -> Result<(), Error> {
    let (business_id, is_approved) = (business_id.uuid(), change.is_approved);
    let (reason, operator, version) = columns(&change.source);
    let sql = "UPDATE shops SET is_approved = ?, approved_owner_id = ? WHERE business_id = ?";
    tx.exec_drop(sql, (is_approved, of_owner.map(UserId::uuid), business_id)).await?;
    tx.exec_drop(
        "INSERT INTO approval_changes
             (business_id, is_approved, reason, operator, verification_version, changed_at)
         VALUES (?, ?, ?, ?, ?, ?)",
        (business_id, is_approved, reason, operator, version, stored(change.at)),
    )
    .await
}

type Row = (bool, Option<String>, Option<String>, Option<u32>, PrimitiveDateTime);

/// The newest `limit` lines of a shop.
pub(crate) async fn list_approval_changes(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    limit: u32,
) -> Result<Vec<ApprovalChange>, Error> {
    let rows: Vec<Row> = connection
        .exec(
            "SELECT is_approved, reason, operator, verification_version, changed_at
             FROM approval_changes
             WHERE business_id = ? ORDER BY approval_change_id DESC LIMIT ?",
            (business_id.uuid(), limit),
        )
        .await?;
    let change = |(is_approved, reason, operator, version, at): Row| {
        let source = source((reason, operator, version))?;
        Ok(ApprovalChange { is_approved, source, at: at.assume_utc() })
    };
    rows.into_iter().map(change).collect()
}
