//! The account of a shop's owner was taken back, or may be another's by now: whoever had it before
//! may have let programs act for the shop, and these would outlive every login.

use events::Envelope;
use events::auth::SecurityEventRecordedV1;
use inbox::Failure;
use service::database::{Tx, now};
use values::{ApiClientId, UserId};

use super::tell_program_keys::announce;
use crate::App;
use crate::domain::ApiCredential;
use crate::store::api_credentials;

/// All that are active now, also those that were made since: one too many costs its owner a new
/// one, one too few a thief's refunds.
pub(crate) async fn end_api_credentials(
    app: &App,
    tx: &mut Tx,
    event: &Envelope,
) -> Result<(), Failure> {
    let Some(recorded) = inbox::decode::<SecurityEventRecordedV1>(event)? else { return Ok(()) };
    if !ApiCredential::ends_by(&recorded.kind) {
        return Ok(());
    }
    let owner: UserId = recorded.user_id.parse().map_err(Failure::poison)?;
    for client_id in api_credentials::list_active_of_owner(tx, owner, now()).await? {
        end(app, tx, client_id).await?;
    }
    Ok(())
}

/// It is good for nothing from now on, and `notification` signs nothing more with its key. Twice is
/// the same as once.
pub(super) async fn end(
    app: &App,
    tx: &mut Tx,
    client_id: ApiClientId,
) -> Result<(), mysql_async::Error> {
    if !api_credentials::deactivate_api_credential(tx, client_id, now()).await? {
        return Ok(());
    }
    let ended = api_credentials::find_api_credential(tx, client_id).await?;
    // Of one that signs with its own key nothing was told.
    let shared = ended.filter(|credential| credential.public_key.is_none());
    if let Some(credential) = shared {
        announce(app, tx, &credential, None).await?;
    }
    Ok(())
}
