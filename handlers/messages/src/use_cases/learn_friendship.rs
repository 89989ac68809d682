//! Two people are friends, or no longer, or the one wants nothing to do with the other.

use events::Envelope;
use events::social::{BlockChangedV1, FriendshipChangedV1};
use inbox::Failure;
use service::database::Tx;
use values::UserId;

use crate::store;

/// Whoever has only asked to be a friend is none yet.
const FRIENDS: &str = "friends";

pub(crate) async fn learn_friendship(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    if let Some(changed) = inbox::decode::<FriendshipChangedV1>(event)? {
        let pair = [parse(&changed.first.user_id)?, parse(&changed.second.user_id)?];
        if pair[0] >= pair[1] {
            return Err(Failure::poison("the two are not in their order"));
        }
        let are_friends = changed.status == FRIENDS;
        return Ok(store::pairs::save_friendship(tx, pair, are_friends, changed.version).await?);
    }
    let Some(changed) = inbox::decode::<BlockChangedV1>(event)? else { return Ok(()) };
    let (blocker, blocked) = (parse(&changed.blocker_id)?, parse(&changed.blocked_id)?);
    let (is_blocked, version) = (changed.is_blocked, changed.version);
    Ok(store::pairs::save_block(tx, blocker, blocked, is_blocked, version).await?)
}

fn parse(id: &str) -> Result<UserId, Failure> {
    id.parse().map_err(Failure::poison)
}
