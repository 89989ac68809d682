//! Somebody types, and whoever has the conversation before them sees it.

use events::messages::TypingBeganV1;
use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, Id, NoContent, retry_lock_conflicts};
use time::Duration;
use values::{ConversationId, Timestamp, UserId};

use super::read_conversation::require_membership;
use super::send_message::audience;
use crate::domain::Audience;
use crate::{App, store};

/// Others are told of one who types no more often than so, and forget it a little later.
const TOLD_EACH: Duration = Duration::seconds(4);

/// Refused as a message would be. Whoever is told of messages is told, and of nothing more than
/// who types where; what comes sooner than [`TOLD_EACH`] tells nobody anything new.
pub(crate) async fn tell_of_typing(
    app: App,
    Id(id): Id<ConversationId>,
    caller: Consumer,
    trace: TraceContext,
) -> Result<NoContent, Error> {
    retry_lock_conflicts(|| tell(&app, id, caller.user_id, trace)).await?;
    Ok(NoContent)
}

async fn tell(app: &App, id: ConversationId, by: UserId, trace: TraceContext) -> Result<(), Error> {
    let now = now();
    let mut tx = app.database.begin().await?;
    let membership = require_membership(&mut tx, id, by).await?;
    let (audience, others) = audience(&mut tx, &membership).await?;
    let told: Vec<String> = match audience {
        Audience::Sender => Vec::new(),
        Audience::All => others
            .iter()
            .filter(|other| other.is_told())
            .map(|other| other.user_id.to_string())
            .collect(),
    };
    let since = now.saturating_sub(TOLD_EACH);
    if told.is_empty() || !store::members::note_typing(&mut tx, id, by, since, now).await? {
        return Ok(());
    }
    let began = TypingBeganV1 {
        conversation_id: id.to_string(),
        user_id: by.to_string(),
        told,
        began_at: Timestamp::from(now).to_string(),
    };
    let began = app.outbox.envelope(trace, id.to_string(), &began)?;
    app.outbox.append(&mut tx, &[began]).await?;
    Ok(app.outbox.commit(tx).await?)
}
