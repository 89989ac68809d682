//! A person has chosen a language: from now on they are written to in it.

use events::Envelope;
use events::user_profile::ProfileChangedV1;
use outbox::{Failure, Tx};
use values::UserId;

use crate::domain::Language;
use crate::store;

pub(crate) async fn learn_language(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(profile) = outbox::decode::<ProfileChangedV1>(event)? else { return Ok(()) };
    let user_id: UserId = profile.user_id.parse().map_err(Failure::poison)?;
    let language = Language::for_reader(&profile.language);
    Ok(store::save_language(tx, user_id, language, profile.version).await?)
}
