//! A person has chosen a language: from now on their notifications are written in it.

use events::Envelope;
use events::user_profile::ProfileChangedV1;
use inbox::Failure;
use service::database::Tx;
use values::{Language, UserId};

use crate::store;

pub(crate) async fn learn_language(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(profile) = inbox::decode::<ProfileChangedV1>(event)? else { return Ok(()) };
    let user_id: UserId = profile.user_id.parse().map_err(Failure::poison)?;
    // A language newer than this service has no templates here.
    let language = Language::from_code(&profile.language).unwrap_or(Language::English);
    Ok(store::save_language(tx, user_id, language, profile.version).await?)
}
