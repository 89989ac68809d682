//! A person has signed up: the profile learns the phone number.

use events::Envelope;
use events::auth::UserRegisteredV1;
use outbox::{Failure, Tx};
use values::{Phone, UserId};

use crate::store;

pub(crate) async fn begin_profile(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(registered) = outbox::decode::<UserRegisteredV1>(event)? else { return Ok(()) };
    let user_id: UserId = registered.user_id.parse().map_err(Failure::poison)?;
    let phone: Phone = registered.phone.parse().map_err(Failure::poison)?;
    Ok(store::save_phone(tx, user_id, &phone).await?)
}
