//! What was said in a case goes a year after it was closed; that it was, and what staff did, stays.

use service::database::now;
use service::{Error, causes, retry_lock_conflicts};
use time::Duration;
use values::{ConversationId, SupportCaseId};

use super::keep_reported_pictures::retire_picture;
use crate::App;
use crate::store::{conversations, messages, support_cases};

/// Cases that one call of the timer looks at, and messages of each that it deletes.
const CASES_MAX: u32 = 20;
const MESSAGES_MAX: usize = 500;
/// When one that failed is tried again: others come first.
const AGAIN_AFTER: Duration = Duration::minutes(10);

/// A bounded part of what is due. One that fails does not hold up the others.
pub(crate) async fn forget_support_cases(app: &App) -> Result<(), Error> {
    let now = now();
    let mut conn = app.database.conn().await?;
    let due = support_cases::list_to_forget(&mut conn, now, CASES_MAX).await?;
    drop(conn);
    for (id, of) in due {
        if let Err(error) = retry_lock_conflicts(|| forget(app, id, of)).await {
            tracing::error!(case_id = %id, causes = causes(&error), "a case is not forgotten");
            let mut conn = app.database.conn().await?;
            let again = now.saturating_add(AGAIN_AFTER);
            support_cases::postpone_forgetting(&mut conn, id, now, again).await?;
        }
    }
    Ok(())
}

/// Its pictures go with the timer of all that nobody shows.
async fn forget(app: &App, id: SupportCaseId, of: ConversationId) -> Result<(), Error> {
    let mut tx = app.database.begin().await?;
    conversations::lock_conversation(&mut tx, of).await?;
    if !support_cases::is_to_forget(&mut tx, id, now()).await? {
        return Ok(());
    }
    let said = messages::list_oldest(&mut tx, of, MESSAGES_MAX).await?;
    for message in said.iter().filter(|message| message.withdrawn_at.is_none()) {
        retire_picture(app, &mut tx, message).await?;
    }
    if let Some(last) = said.last() {
        messages::delete_up_to(&mut tx, of, last.number).await?;
    }
    if said.len() < MESSAGES_MAX {
        support_cases::forget_case(&mut tx, id, of).await?;
    }
    Ok(tx.commit().await?)
}
