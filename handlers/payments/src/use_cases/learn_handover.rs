//! A shop has another owner: what the one before let in to act for it, or has the keys of, is let
//! in no more. To where takings go the new owner says anew: an account counts while who registered
//! it owns the shop.

use events::Envelope;
use events::business_profile::BusinessHandoverChangedV1;
use inbox::Failure;
use service::database::{Tx, now};
use values::BusinessId;

use super::end_api_credentials::end;
use crate::App;
use crate::store;

/// The shop itself has told its new owner before, so the one before makes no credential any more;
/// one that is being made has the account's lock, and is found here.
pub(crate) async fn learn_handover(
    app: &App,
    tx: &mut Tx,
    event: &Envelope,
) -> Result<(), Failure> {
    let Some(handover) = inbox::decode::<BusinessHandoverChangedV1>(event)? else { return Ok(()) };
    if !handover.is_accepted() {
        return Ok(());
    }
    let business_id: BusinessId = handover.business_id.parse().map_err(Failure::poison)?;
    store::ledger::lock_account(tx, business_id.uuid()).await?;
    for client_id in store::api_credentials::list_active(tx, business_id, now()).await? {
        end(app, tx, client_id).await?;
    }
    Ok(())
}
