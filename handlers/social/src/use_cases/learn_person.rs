//! What a person is called and which picture they show, as user-profile tells it.

use events::Envelope;
use events::user_profile::ProfileChangedV1;
use inbox::Failure;
use service::database::Tx;
use values::{PictureId, UserId};

use crate::store;

/// An older version that arrives late changes nothing.
pub(crate) async fn learn_person(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    inbox::learn_name(tx, event).await?;
    let Some(profile) = inbox::decode::<ProfileChangedV1>(event)? else { return Ok(()) };
    let user_id: UserId = profile.user_id.parse().map_err(Failure::poison)?;
    let Some(picture_id) = profile.picture_id else { return Ok(()) };
    let picture_id: Option<PictureId> =
        picture_id.map(|id| id.parse()).transpose().map_err(Failure::poison)?;
    Ok(store::update_picture(tx, user_id, profile.version, picture_id).await?)
}
