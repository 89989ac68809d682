//! Onboarding knows, or no longer, who stands behind a business: it can be paid, or not.

use events::Envelope;
use events::onboarding::BusinessVerificationChangedV1;
use inbox::Failure;
use service::database::{Tx, now};
use values::{BusinessId, UserId};

use crate::domain::{ApprovalChange, Source};
use crate::store;

pub(crate) async fn learn_approval(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(business) = inbox::decode::<BusinessVerificationChangedV1>(event)? else {
        return Ok(());
    };
    let business_id: BusinessId = business.business_id.parse().map_err(Failure::poison)?;
    let BusinessVerificationChangedV1 { version, is_approved, owner_user_id, .. } = business;
    let owner: Option<UserId> =
        owner_user_id.map(|id| id.parse().map_err(Failure::poison)).transpose()?;
    if !store::approval_changes::take_approval_version(tx, business_id, version).await? {
        return Ok(());
    }
    let known = store::approval_changes::lock_approval(tx, business_id).await?;
    let owner = owner.or(known.as_ref().and_then(|known| known.owner));
    if known.is_some_and(|known| known.changes_by(is_approved, owner)) {
        let source = Source::Onboarding { version };
        let change = ApprovalChange { is_approved, source, at: now() };
        store::approval_changes::insert_approval_change(tx, business_id, &change, owner).await?;
    }
    Ok(())
}
