//! A person has chosen a name: others will read it.

use events::Envelope;
use events::user_profile::ProfileChangedV1;
use inbox::Failure;
use service::database::Tx;
use values::UserId;

use crate::store;

pub(crate) async fn learn_name(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(profile) = inbox::decode::<ProfileChangedV1>(event)? else { return Ok(()) };
    let user_id: UserId = profile.user_id.parse().map_err(Failure::poison)?;
    Ok(store::people::save_person(tx, user_id, &profile.display_name, profile.version).await?)
}
