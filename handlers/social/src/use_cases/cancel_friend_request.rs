//! A person takes their request back.

use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, Id, NoContent, retry_lock_conflicts};
use values::UserId;

use super::change_friendship::Pair;
use crate::App;

/// What is not there is taken back already.
pub(crate) async fn cancel_friend_request(
    app: App,
    Id(other_id): Id<UserId>,
    caller: Consumer,
    trace: TraceContext,
) -> Result<NoContent, Error> {
    let cancel = || async {
        let mut pair = Pair::lock(&app, caller.user_id, other_id, now()).await?;
        let change = pair.between.cancel(caller.user_id)?;
        pair.save(&app, trace, change).await?;
        pair.end(&app).await
    };
    retry_lock_conflicts(cancel).await?;
    Ok(NoContent)
}
