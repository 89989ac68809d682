//! The tiers of wallets, and who gave them: a change and its line are one transaction.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::PrimitiveDateTime;
use uuid::Uuid;

use super::{stored, unreadable};
use crate::domain::{TierChange, WalletTier, Word};

/// Gives a wallet that this transaction has locked another tier, and adds the line that says so.
pub(crate) async fn insert_tier_change(
    tx: &mut Tx,
    account_id: Uuid,
    change: &TierChange,
) -> Result<(), Error> {
    let tier = change.tier.code();
    tx.exec_drop("UPDATE accounts SET tier = ? WHERE account_id = ?", (tier, account_id)).await?;
    tx.exec_drop(
        "INSERT INTO tier_changes (account_id, tier, reason, operator, changed_at)
         VALUES (?, ?, ?, ?, ?)",
        (
            account_id,
            tier,
            change.word.reason.as_str(),
            change.word.operator.as_str(),
            stored(change.at),
        ),
    )
    .await
}

/// The newest `limit` lines of a wallet.
pub(crate) async fn list_tier_changes(
    connection: &mut impl Queryable,
    account_id: Uuid,
    limit: u32,
) -> Result<Vec<TierChange>, Error> {
    let rows: Vec<(String, String, String, PrimitiveDateTime)> = connection
        .exec(
            "SELECT tier, reason, operator, changed_at FROM tier_changes
             WHERE account_id = ? ORDER BY tier_change_id DESC LIMIT ?",
            (account_id, limit),
        )
        .await?;
    let change = |(tier, reason, operator, at): (String, String, String, PrimitiveDateTime)| {
        let word = Word {
            reason: reason.try_into().map_err(|_| unreadable("a reason"))?,
            operator: operator.try_into().map_err(|_| unreadable("an operator"))?,
        };
        let tier = WalletTier::from_code(&tier).ok_or_else(|| unreadable("a wallet's tier"))?;
        Ok(TierChange { tier, word, at: at.assume_utc() })
    };
    rows.into_iter().map(change).collect()
}
