//! What was said in a case goes a year after it was closed; that it was, and what staff did, stays.

use service::Error;
use service::database::now;
use values::{ConversationId, SupportCaseId};

use super::keep_reported_pictures::retire_picture;
use crate::App;
use crate::store::{conversations, messages, support_cases};

/// Cases that one call of the timer looks at, and messages of each that it deletes.
const CASES_MAX: u32 = 20;
const MESSAGES_MAX: usize = 500;

/// A bounded part of what is due.
pub(crate) async fn forget_support_cases(app: &App) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    let due = support_cases::list_to_forget(&mut conn, now(), CASES_MAX).await?;
    drop(conn);
    for (id, of) in due {
        forget(app, id, of).await?;
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
