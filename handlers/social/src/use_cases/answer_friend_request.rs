//! A person says yes or no to another who asks to be their friend.

use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, Id, Json, NoContent, retry_lock_conflicts};
use values::UserId;

use super::change_friendship::{Pair, RelatedPersonBody};
use crate::App;
use crate::domain::Relation;

/// A yes that is repeated changes nothing.
pub(crate) async fn accept_friend_request(
    app: App,
    Id(other_id): Id<UserId>,
    caller: Consumer,
    trace: TraceContext,
) -> Result<Json<RelatedPersonBody>, Error> {
    let accept = || async {
        let now = now();
        let mut pair = Pair::lock(&app, caller.user_id, other_id, now).await?;
        if pair.between.seen_by(caller.user_id) == Relation::Received {
            pair = pair.lock_both(&app).await?;
            pair.require_room_for_friend().await?;
        }
        let change = pair.between.accept(caller.user_id, now)?;
        pair.save(&app, trace, change).await?;
        pair.end(&app).await
    };
    Ok(Json(retry_lock_conflicts(accept).await?))
}

/// The other is not told, and sees a request that is not answered. A no that is repeated changes
/// nothing.
pub(crate) async fn decline_friend_request(
    app: App,
    Id(other_id): Id<UserId>,
    caller: Consumer,
    trace: TraceContext,
) -> Result<NoContent, Error> {
    let decline = || async {
        let now = now();
        let mut pair = Pair::lock(&app, caller.user_id, other_id, now).await?;
        let change = pair.between.decline(caller.user_id, now)?;
        pair.save(&app, trace, change).await?;
        pair.end(&app).await
    };
    retry_lock_conflicts(decline).await?;
    Ok(NoContent)
}
