//! A group has come to be, or is called or made up otherwise than before.

use std::collections::BTreeSet;

use events::Envelope;
use events::social::GroupChangedV1;
use inbox::Failure;
use service::database::{Tx, now};
use values::{GroupId, UserId};

use crate::store;

/// Who comes reads from now on, and who goes nothing any more. A version that comes late, after a
/// newer one, changes nothing.
pub(crate) async fn learn_group(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(changed) = inbox::decode::<GroupChangedV1>(event)? else { return Ok(()) };
    let group_id: GroupId = changed.group_id.parse().map_err(Failure::poison)?;
    let wanted = changed.member_ids.iter().map(|id| id.parse::<UserId>());
    let wanted: BTreeSet<UserId> = wanted.collect::<Result<_, _>>().map_err(Failure::poison)?;
    let group = store::groups::lock_group(tx, group_id, now()).await?;
    if changed.version <= group.version {
        return Ok(());
    }
    let (id, last_number) = (group.conversation_id, group.last_number);
    store::groups::update_group(tx, id, &changed.name, changed.version).await?;
    let gone = group.user_ids.difference(&wanted).copied();
    store::groups::leave(tx, id, gone, last_number).await?;
    for user_id in wanted.difference(&group.user_ids) {
        store::groups::join(tx, id, *user_id, last_number).await?;
    }
    Ok(())
}
