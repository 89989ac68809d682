//! Somebody begins to talk with another, or goes on.

use service::database::now;
use service::{Consumer, Error, Id, Json, retry_lock_conflicts};
use values::{ConversationId, Language, UserId};

use super::read_conversation::{ConversationBody, show_one};
use crate::domain::NO_CORRESPONDENT;
use crate::{App, store};

/// The conversation of the two, which begins if there is none. The other one sees it once
/// something is said.
pub(crate) async fn open_conversation(
    app: App,
    Id(other): Id<UserId>,
    caller: Consumer,
    language: Language,
) -> Result<Json<ConversationBody>, Error> {
    let caller = caller.user_id;
    let pair = [caller.min(other), caller.max(other)];
    let mut conn = app.database.conn().await?;
    // Of a stranger, nobody and oneself the same is asked and answered.
    let standing = store::pairs::find_standing(&mut conn, caller, other).await?;
    let found = store::conversations::find_pair_conversation(&mut conn, pair).await?;
    // Whoever held it while waiting for another would keep all others from any.
    drop(conn);
    let id = match found {
        Some(id) => id,
        None if caller == other || !standing.may_begin() => return Err(NO_CORRESPONDENT.into()),
        None => retry_lock_conflicts(|| begin(&app, pair)).await?,
    };
    Ok(Json(show_one(&mut app.database.conn().await?, id, caller, language).await?))
}

/// Of two who begin it at once one makes it, and both have it.
async fn begin(app: &App, pair: [UserId; 2]) -> Result<ConversationId, Error> {
    let mut tx = app.database.begin().await?;
    let id = store::conversations::begin_pair_conversation(&mut tx, pair, now()).await?;
    tx.commit().await?;
    Ok(id)
}
