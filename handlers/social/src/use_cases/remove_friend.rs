//! A person ends a friendship.

use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, Id, NoContent, retry_lock_conflicts};
use values::UserId;

use super::change_friendship::Pair;
use crate::App;

/// Who is no friend is none afterwards either.
pub(crate) async fn remove_friend(
    app: App,
    Id(other_id): Id<UserId>,
    caller: Consumer,
    trace: TraceContext,
) -> Result<NoContent, Error> {
    let remove = || async {
        let mut pair = Pair::lock(&app, caller.user_id, other_id, now()).await?;
        let change = pair.between.part();
        pair.save(&app, trace, change).await?;
        pair.end(&app).await
    };
    retry_lock_conflicts(remove).await?;
    Ok(NoContent)
}
