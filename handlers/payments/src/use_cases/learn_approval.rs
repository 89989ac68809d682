//! Onboarding knows, or no longer, who stands behind a business: it can be paid, or not.

use events::Envelope;
use events::onboarding::BusinessVerificationChangedV1;
use inbox::Failure;
use service::database::{Tx, now};
use values::BusinessId;

use crate::domain::{ApprovalChange, Source};
use crate::store;

pub(crate) async fn learn_approval(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(business) = inbox::decode::<BusinessVerificationChangedV1>(event)? else {
        return Ok(());
    };
    let business_id: BusinessId = business.business_id.parse().map_err(Failure::poison)?;
    let BusinessVerificationChangedV1 { version, is_approved, .. } = business;
    if !store::approval_changes::take_approval_version(tx, business_id, version).await? {
        return Ok(());
    }
    let known = store::approval_changes::lock_approval(tx, business_id).await?;
    if known != Some(is_approved) {
        let source = Source::Onboarding { version };
        let change = ApprovalChange { is_approved, source, at: now() };
        store::approval_changes::insert_approval_change(tx, business_id, &change).await?;
    }
    Ok(())
}
