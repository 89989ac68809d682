//! Two people are friends, or no longer: what the one did is shown to the other, or is not.

use events::Envelope;
use events::social::FriendshipChangedV1;
use inbox::Failure;
use service::database::Tx;
use values::UserId;

use crate::store;

pub(crate) async fn learn_friendship(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(changed) = inbox::decode::<FriendshipChangedV1>(event)? else { return Ok(()) };
    let first: UserId = changed.first.user_id.parse().map_err(Failure::poison)?;
    let second: UserId = changed.second.user_id.parse().map_err(Failure::poison)?;
    // Whatever else two people may be to each other one day, they are shown nothing.
    let is_friend = changed.status == "friends";
    let both = (first, second);
    Ok(store::relations::save_friendship(tx, both, is_friend, changed.version).await?)
}
