//! The account of a shop's owner was taken back, or may be another's by now: whoever had it before
//! may have let programs act for the shop, and these would outlive every login.

use events::Envelope;
use events::auth::SecurityEventRecordedV1;
use inbox::Failure;
use service::database::{Tx, now};
use values::UserId;

use crate::domain::ApiCredential;
use crate::store::api_credentials;

/// All that are active now, also those that were made since: one too many costs its owner a new
/// one, one too few a thief's refunds.
pub(crate) async fn end_api_credentials(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(recorded) = inbox::decode::<SecurityEventRecordedV1>(event)? else { return Ok(()) };
    if !ApiCredential::ends_by(&recorded.kind) {
        return Ok(());
    }
    let owner: UserId = recorded.user_id.parse().map_err(Failure::poison)?;
    let now = now();
    for client_id in api_credentials::list_active_of_owner(tx, owner, now).await? {
        api_credentials::deactivate_api_credential(tx, client_id, now).await?;
    }
    Ok(())
}
