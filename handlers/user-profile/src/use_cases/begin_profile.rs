//! A person has signed up: the profile begins.

use events::Envelope;
use events::auth::UserRegisteredV1;
use inbox::Failure;
use service::database::Tx;
use values::UserId;

use crate::store;

pub(crate) async fn begin_profile(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(registered) = inbox::decode::<UserRegisteredV1>(event)? else { return Ok(()) };
    let user_id: UserId = registered.user_id.parse().map_err(Failure::poison)?;
    Ok(store::begin_profile(tx, user_id).await?)
}
