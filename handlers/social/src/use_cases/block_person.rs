//! A person wants nothing to do with another.

use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, Id, NoContent, retry_lock_conflicts};
use values::UserId;

use super::change_friendship::Pair;
use crate::domain::{Act, Block, require_room_for_block};
use crate::{App, store};

/// It ends their friendship and what the caller asks of the other. What the other asks is gone for
/// the caller alone: the other never learns of the block.
pub(crate) async fn block_person(
    app: App,
    Id(other_id): Id<UserId>,
    caller: Consumer,
    trace: TraceContext,
) -> Result<NoContent, Error> {
    retry_lock_conflicts(|| block(&app, caller.user_id, other_id, trace)).await?;
    Ok(NoContent)
}

async fn block(
    app: &App,
    caller_id: UserId,
    other_id: UserId,
    trace: TraceContext,
) -> Result<(), Error> {
    let now = now();
    let mut pair = Pair::lock(app, caller_id, other_id, now).await?;
    pair.begin().await?;
    let found = store::find_block(&mut pair.tx, caller_id, other_id).await?;
    let mut block = found.unwrap_or_else(|| Block::none(caller_id, other_id, now));
    if !block.set(true, now) {
        return Ok(());
    }
    require_room_for_block(store::count_blocked(&mut pair.tx, caller_id).await?)?;
    pair.count(Act::Block).await?;
    store::save_block(&mut pair.tx, &block).await?;
    let change = pair.between.block(caller_id);
    pair.save(app, trace, change).await?;
    tell_block(app, &mut pair, trace, &block).await?;
    Ok(app.outbox.commit(pair.tx).await?)
}

/// Tells other services, in the same transaction.
pub(super) async fn tell_block(
    app: &App,
    pair: &mut Pair,
    trace: TraceContext,
    block: &Block,
) -> Result<(), Error> {
    let subject = format!("{}+{}", block.blocker_id, block.blocked_id);
    let envelope = app.outbox.envelope(trace, subject, &block.changed_event())?;
    Ok(app.outbox.append(&mut pair.tx, &[envelope]).await?)
}
