//! A person asks another to be their friend.

use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, Id, Json, retry_lock_conflicts};
use values::UserId;

use super::change_friendship::{Pair, RelatedPersonBody};
use crate::domain::{Act, BLOCKED_BY_CALLER, Relation, require_room_for_request};
use crate::{App, store};

/// Asking somebody who asks too makes friends of the two. Whoever was declined, or is blocked, or
/// asks nobody that there is, gets the answer of those who will be answered.
pub(crate) async fn ask_friend(
    app: App,
    Id(other_id): Id<UserId>,
    caller: Consumer,
    trace: TraceContext,
) -> Result<Json<RelatedPersonBody>, Error> {
    let asked = retry_lock_conflicts(|| ask(&app, caller.user_id, other_id, trace)).await?;
    Ok(Json(asked))
}

async fn ask(
    app: &App,
    caller_id: UserId,
    other_id: UserId,
    trace: TraceContext,
) -> Result<RelatedPersonBody, Error> {
    let now = now();
    let mut pair = Pair::lock(app, caller_id, other_id, now).await?;
    pair.begin().await?;
    if pair.between.is_mutual(caller_id) {
        pair = pair.lock_both(app).await?;
    }
    let [is_blocked, has_blocked] = store::is_blocked_by(&mut pair.tx, caller_id, other_id).await?;
    if has_blocked {
        return Err(BLOCKED_BY_CALLER.into());
    }
    if pair.between.is_mutual(caller_id) {
        pair.require_room_for_friend().await?;
    } else if pair.between.seen_by(caller_id) == Relation::Nothing {
        let open = store::count_open_requests(&mut pair.tx, caller_id).await?;
        require_room_for_request(open)?;
        pair.count(Act::Ask).await?;
    }
    let change = pair.between.ask(caller_id, is_blocked, now);
    pair.save(app, trace, change).await?;
    pair.end(app).await
}
