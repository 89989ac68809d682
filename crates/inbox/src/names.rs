//! What people are called: a read model of `user-profile` that several services keep, each in a
//! table of its own, `people`.

use events::Envelope;
use events::user_profile::ProfileChangedV1;
use service::database::Tx;
use values::UserId;

use crate::consume::{Failure, decode};
use crate::store::save_person;

/// Keeps the newest name; an older one that arrives late changes nothing. Other events do nothing.
///
/// # Errors
/// Poison if the event names nobody; otherwise as the database.
pub async fn learn_name(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(profile) = decode::<ProfileChangedV1>(event)? else { return Ok(()) };
    let user_id: UserId = profile.user_id.parse().map_err(Failure::poison)?;
    Ok(save_person(tx, user_id, &profile.display_name, profile.version).await?)
}
