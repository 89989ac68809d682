//! A login has ended: no push reaches its device any more.

use events::Envelope;
use events::auth::SessionRevokedV1;
use inbox::Failure;
use service::database::Tx;
use values::SessionId;

use crate::store::push_tokens;

pub(crate) async fn forget_push_token(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(revoked) = inbox::decode::<SessionRevokedV1>(event)? else { return Ok(()) };
    let session_id: SessionId = revoked.session_id.parse().map_err(Failure::poison)?;
    push_tokens::save_ended_session(tx, session_id).await?;
    push_tokens::delete_token_of_session(tx, session_id).await?;
    Ok(push_tokens::prune(tx).await?)
}
