//! An operator says how well a wallet's owner is known, beside onboarding: the later word counts.
//! Doing it twice is the same as doing it once. What the wallet has used stays used, and a wallet
//! that holds more than its new tier may keeps it.

use serde::Deserialize;
use service::database::now;
use service::{Error, FunctionKey, Id, Json, retry_lock_conflicts};
use utoipa::ToSchema;
use values::{AccountId, Operator, Reason, UserId};

use super::AccountBody;
use super::read_account::{find_named, show_account};
use crate::domain::{NO_ACCOUNT, Source, TierChange, WalletTier, Word};
use crate::{App, store};

/// How well the owner is known, and on whose word.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetWalletTier {
    tier: WalletTier,
    /// The case, or the document that was seen.
    reason: Reason,
    /// The name with which the operator is signed in to Azure.
    operator: Operator,
}

pub(crate) async fn set_wallet_tier(
    app: App,
    Id(user_id): Id<UserId>,
    _: FunctionKey,
    Json(input): Json<SetWalletTier>,
) -> Result<Json<AccountBody>, Error> {
    let SetWalletTier { tier, reason, operator } = input;
    let source = Source::Operator(Word { operator, reason });
    retry_lock_conflicts(|| change(&app, user_id, tier, &source)).await.map(Json)
}

async fn change(
    app: &App,
    user_id: UserId,
    tier: WalletTier,
    source: &Source,
) -> Result<AccountBody, Error> {
    let id = AccountId::User(user_id);
    let mut tx = app.database.begin().await?;
    // Before anything is locked, as in `freeze_account`.
    find_named(&mut tx, id).await?;
    let wallet = store::ledger::lock_account(&mut tx, id.uuid()).await?.ok_or(NO_ACCOUNT)?;
    if wallet.tier != tier {
        let change = TierChange { tier, source: source.clone(), at: now() };
        store::tier_changes::insert_tier_change(&mut tx, id.uuid(), &change).await?;
    }
    let account = show_account(&mut tx, id).await?;
    tx.commit().await?;
    Ok(account)
}
