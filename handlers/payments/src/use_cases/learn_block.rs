//! Somebody wants nothing to do with another, or no longer so.

use events::Envelope;
use events::social::BlockChangedV1;
use inbox::Failure;
use service::database::Tx;
use values::UserId;

use crate::store;

pub(crate) async fn learn_block(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(changed) = inbox::decode::<BlockChangedV1>(event)? else { return Ok(()) };
    let blocker: UserId = changed.blocker_id.parse().map_err(Failure::poison)?;
    let blocked: UserId = changed.blocked_id.parse().map_err(Failure::poison)?;
    let (is_blocked, version) = (changed.is_blocked, changed.version);
    Ok(store::blocks::save_block(tx, blocker, blocked, is_blocked, version).await?)
}
