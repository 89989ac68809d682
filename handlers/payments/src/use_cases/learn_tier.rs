//! Onboarding knows better, or no longer, who a person is: their wallet has another tier. It may
//! say so before the sign-up arrives here: then the wallet opens with this.

use events::Envelope;
use events::onboarding::PersonVerificationChangedV1;
use inbox::Failure;
use service::database::{Tx, now};
use values::UserId;

use crate::domain::{AccountKind, Source, TierChange, WalletTier};
use crate::store;

pub(crate) async fn learn_tier(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(person) = inbox::decode::<PersonVerificationChangedV1>(event)? else { return Ok(()) };
    let user_id: UserId = person.user_id.parse().map_err(Failure::poison)?;
    let tier = WalletTier::from_code(&person.tier);
    let tier = tier.ok_or_else(|| Failure::poison("the tier is unknown"))?;
    let (id, version) = (user_id.uuid(), person.version);
    store::ledger::open_account(tx, id, AccountKind::Wallet).await?;
    if !store::tier_changes::take_tier_version(tx, id, version).await? {
        return Ok(());
    }
    let wallet = store::ledger::lock_account(tx, id).await?;
    if wallet.is_some_and(|wallet| wallet.tier != tier) {
        let change = TierChange { tier, source: Source::Onboarding { version }, at: now() };
        store::tier_changes::insert_tier_change(tx, id, &change).await?;
    }
    Ok(())
}
