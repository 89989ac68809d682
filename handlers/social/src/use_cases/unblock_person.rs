//! A person lifts a block.

use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, Id, NoContent, retry_lock_conflicts};
use values::UserId;

use super::block_person::tell_block;
use super::change_friendship::Pair;
use crate::{App, store};

/// Nothing of what it ended comes back.
pub(crate) async fn unblock_person(
    app: App,
    Id(other_id): Id<UserId>,
    caller: Consumer,
    trace: TraceContext,
) -> Result<NoContent, Error> {
    retry_lock_conflicts(|| unblock(&app, caller.user_id, other_id, trace)).await?;
    Ok(NoContent)
}

async fn unblock(
    app: &App,
    caller_id: UserId,
    other_id: UserId,
    trace: TraceContext,
) -> Result<(), Error> {
    let now = now();
    let mut pair = Pair::lock(app, caller_id, other_id, now).await?;
    let Some(mut block) = store::find_block(&mut pair.tx, caller_id, other_id).await? else {
        return Ok(());
    };
    if !block.set(false, now) {
        return Ok(());
    }
    store::save_block(&mut pair.tx, &block).await?;
    tell_block(app, &mut pair, trace, &block).await?;
    Ok(app.outbox.commit(pair.tx).await?)
}
