//! A business has another owner: what happens there is told to no address that the one before gave,
//! and their secrets sign nothing more.

use events::Envelope;
use events::business_profile::BusinessHandoverChangedV1;
use inbox::Failure;
use service::database::Tx;

use crate::store::webhook_endpoints;

/// The business itself has told its new owner before, so the one before registers none any more.
/// Programs go with their credentials, of which payments tells.
pub(crate) async fn learn_handover(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(handover) = inbox::decode::<BusinessHandoverChangedV1>(event)? else { return Ok(()) };
    if !handover.is_accepted() {
        return Ok(());
    }
    let business_id = handover.business_id.parse().map_err(Failure::poison)?;
    for id in webhook_endpoints::lock_registered(tx, business_id).await? {
        webhook_endpoints::delete_endpoint(tx, id).await?;
    }
    Ok(())
}
