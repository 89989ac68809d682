//! Somebody shows staff what another has said to them.

use serde::Deserialize;
use service::database::now;
use service::{Consumer, Error, Id, Json, NoContent, retry_lock_conflicts};
use utoipa::ToSchema;
use values::{MessageId, Statement, UserId};

use super::read_conversation::require_membership;
use crate::domain::{CONTEXT_MAX, MessageReport, MessageReportReason, NO_MESSAGE};
use crate::{App, store};

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportMessage {
    reason: MessageReportReason,
    /// Absent or null if there is nothing more to say.
    words: Option<Statement>,
}

/// Staff see the message and what came before it as the caller sees it now. Whose message it is
/// never learns of it. A repeat changes nothing, and is not counted.
pub(crate) async fn report_message(
    app: App,
    Id(id): Id<MessageId>,
    by: Consumer,
    Json(input): Json<ReportMessage>,
) -> Result<NoContent, Error> {
    retry_lock_conflicts(|| report(&app, id, by.user_id, &input)).await?;
    Ok(NoContent)
}

async fn report(
    app: &App,
    id: MessageId,
    by: UserId,
    ReportMessage { reason, words }: &ReportMessage,
) -> Result<(), Error> {
    let now = now();
    let mut tx = app.database.begin().await?;
    let message = store::messages::find_message(&mut tx, id, by).await?.ok_or(NO_MESSAGE)?;
    let report = MessageReport::of(&message, by, (*reason, words.clone()), now)?;
    let lately = store::reports::lock_reporter(&mut tx, by, now).await?;
    if store::reports::is_reported(&mut tx, by, id).await? {
        return Ok(());
    }
    store::reports::update_reporter(&mut tx, by, lately.with_one(now)?).await?;
    let of = require_membership(&mut tx, message.conversation_id, by).await?;
    let after = u64::from(message.number).saturating_add(1);
    let context = store::messages::list_before(&mut tx, &of, after, CONTEXT_MAX).await?;
    store::reports::insert_report(&mut tx, &report, &context).await?;
    Ok(tx.commit().await?)
}
