//! The tiers of wallets, and who gave them: a change and its line are one transaction.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::PrimitiveDateTime;
use uuid::Uuid;

use super::sources::{columns, source};
use super::{stored, unreadable};
use crate::domain::{TierChange, WalletTier};

/// Whether onboarding has said nothing as new as this of a wallet's owner; from then on it has. The
/// wallet is locked until the transaction ends.
pub(crate) async fn take_tier_version(
    tx: &mut Tx,
    account_id: Uuid,
    version: u32,
) -> Result<bool, Error> {
    tx.exec_drop(
        "UPDATE accounts SET verification_version = ?
         WHERE account_id = ? AND verification_version < ?",
        (version, account_id, version),
    )
    .await?;
    Ok(tx.affected_rows() > 0)
}

/// Gives a wallet that this transaction has locked another tier, and adds the line that says so.
pub(crate) async fn insert_tier_change(
    tx: &mut Tx,
    account_id: Uuid,
    change: &TierChange,
) -> Result<(), Error> {
    let (tier, (reason, operator, version)) = (change.tier.code(), columns(&change.source));
    tx.exec_drop("UPDATE accounts SET tier = ? WHERE account_id = ?", (tier, account_id)).await?;
    tx.exec_drop(
        "INSERT INTO tier_changes
             (account_id, tier, reason, operator, verification_version, changed_at)
         VALUES (?, ?, ?, ?, ?, ?)",
        (account_id, tier, reason, operator, version, stored(change.at)),
    )
    .await
}

type Row = (String, Option<String>, Option<String>, Option<u32>, PrimitiveDateTime);

/// The newest `limit` lines of a wallet.
pub(crate) async fn list_tier_changes(
    connection: &mut impl Queryable,
    account_id: Uuid,
    limit: u32,
) -> Result<Vec<TierChange>, Error> {
    let rows: Vec<Row> = connection
        .exec(
            "SELECT tier, reason, operator, verification_version, changed_at FROM tier_changes
             WHERE account_id = ? ORDER BY tier_change_id DESC LIMIT ?",
            (account_id, limit),
        )
        .await?;
    let change = |(tier, reason, operator, version, at): Row| {
        let tier = WalletTier::from_code(&tier).ok_or_else(|| unreadable("a wallet's tier"))?;
        Ok(TierChange { tier, source: source((reason, operator, version))?, at: at.assume_utc() })
    };
    rows.into_iter().map(change).collect()
}
