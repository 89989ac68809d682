//! Somebody shows staff what another has said to them.

use serde::Deserialize;
use service::database::{is_duplicate, now};
use service::{Consumer, Error, Id, Json, NoContent};
use utoipa::ToSchema;
use values::{MessageId, Statement};

use super::read_conversation::require_membership;
use crate::domain::{CONTEXT_MAX, MessageReport, MessageReportReason, NO_MESSAGE, REPORTS_WINDOW};
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
/// never learns of it. A repeat changes nothing.
pub(crate) async fn report_message(
    app: App,
    Id(id): Id<MessageId>,
    by: Consumer,
    Json(ReportMessage { reason, words }): Json<ReportMessage>,
) -> Result<NoContent, Error> {
    let by = by.user_id;
    let mut tx = app.database.begin().await?;
    let message = store::messages::find_message(&mut tx, id, by).await?.ok_or(NO_MESSAGE)?;
    let of = require_membership(&mut tx, message.conversation_id, by).await?;
    let after = u64::from(message.number).saturating_add(1);
    let context = store::messages::list_before(&mut tx, &of, after, CONTEXT_MAX).await?;
    let now = now();
    let since = now.saturating_sub(REPORTS_WINDOW);
    let lately = store::reports::count_since(&mut tx, by, since).await?;
    let report = MessageReport::of(&message, by, (reason, words), lately, now)?;
    match store::reports::insert_report(&mut tx, &report, &context).await {
        Err(error) if is_duplicate(&error) => return Ok(NoContent),
        inserted => inserted?,
    }
    tx.commit().await?;
    Ok(NoContent)
}
