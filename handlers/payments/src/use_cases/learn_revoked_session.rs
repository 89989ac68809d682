//! A login has ended: its phone pays no more, although its access token has minutes to live.

use events::Envelope;
use events::auth::SessionRevokedV1;
use outbox::{Failure, Tx};
use values::SessionId;

use crate::store;

pub(crate) async fn learn_revoked_session(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(revoked) = outbox::decode::<SessionRevokedV1>(event)? else { return Ok(()) };
    let session_id: SessionId = revoked.session_id.parse().map_err(Failure::poison)?;
    Ok(store::read_models::save_revoked_session(tx, session_id).await?)
}
