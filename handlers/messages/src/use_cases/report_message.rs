//! Somebody shows staff what another has said to them.

use serde::Deserialize;
use service::database::now;
use service::{Consumer, Error, Id, Json, NoContent, retry_lock_conflicts};
use utoipa::ToSchema;
use values::{MessageId, MessageReportId, Statement, UserId};

use super::keep_reported_pictures::keep_pictures_of;
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
    if let Some(id) = retry_lock_conflicts(|| report(&app, id, by.user_id, &input)).await? {
        keep_pictures_of(&app, id).await;
    }
    Ok(NoContent)
}

/// The new report, if there was none. What it keeps is read under the lock of the conversation, so
/// that nothing is withdrawn of it before the copies of its pictures are noted.
async fn report(
    app: &App,
    id: MessageId,
    by: UserId,
    ReportMessage { reason, words }: &ReportMessage,
) -> Result<Option<MessageReportId>, Error> {
    let now = now();
    let mut tx = app.database.begin().await?;
    let found = store::messages::find_message(&mut tx, id, by).await?.ok_or(NO_MESSAGE)?;
    store::conversations::lock_conversation(&mut tx, found.conversation_id).await?;
    let message = store::messages::find_message(&mut tx, id, by).await?.ok_or(NO_MESSAGE)?;
    let report = MessageReport::of(&message, by, (*reason, words.clone()), now)?;
    let lately = store::reports::lock_reporter(&mut tx, by, now).await?;
    if store::reports::is_reported(&mut tx, by, id).await? {
        return Ok(None);
    }
    store::reports::update_reporter(&mut tx, by, lately.with_one(now)?).await?;
    let of = require_membership(&mut tx, message.conversation_id, by).await?;
    let after = u64::from(message.number).saturating_add(1);
    let context = store::messages::list_before(&mut tx, &of, after, CONTEXT_MAX).await?;
    store::reports::insert_report(&mut tx, &report, &context).await?;
    store::copies::owe_for_report(&mut tx, report.id, now).await?;
    tx.commit().await?;
    Ok(Some(report.id))
}
