//! Somebody asks support for help.

use serde::{Deserialize, Serialize};
use service::database::{Tx, is_duplicate, now};
use service::{Consumer, Error, Json, Keyed, Recorded, once};
use utoipa::ToSchema;
use values::{ConversationId, IdempotencyKey, MessageText, SupportCaseId, UserId};

use super::read_support_case::SupportCaseBody;
use crate::domain::{
    CaseNumber, CaseSubject, Message, Pace, SupportCase, SupportCategory, WINDOW, require_room,
};
use crate::{App, store};

/// Numbers that are tried: with ten million cases each is taken by one in ten others.
const NUMBERS_MAX: usize = 20;

/// What it is about, and what is said first.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenSupportCase {
    category: SupportCategory,
    /// The payment, refund or dispute that it is about; absent or null if it is none.
    subject: Option<CaseSubject>,
    text: MessageText,
}

/// The case and its conversation, which begins with what was said.
pub(crate) async fn open_support_case(
    app: App,
    caller: Consumer,
    key: IdempotencyKey,
    Json(input): Json<OpenSupportCase>,
) -> Result<Recorded<SupportCaseBody>, Error> {
    let keyed = Keyed::new(caller.user_id.uuid(), &key, "open_support_case", &input)?;
    once(&app.database, &keyed, |tx| open(tx, caller.user_id, &input)).await
}

async fn open(
    mut tx: Tx,
    user_id: UserId,
    input: &OpenSupportCase,
) -> Result<(Tx, SupportCaseBody), Error> {
    let now = now();
    let since = now.saturating_sub(WINDOW);
    let (open, lately) = store::support_cases::lock_asker(&mut tx, user_id, since).await?;
    require_room(open, &lately, now)?;
    let mut case = SupportCase {
        id: SupportCaseId::new(),
        number: CaseNumber::random().map_err(Error::internal)?,
        conversation_id: ConversationId::new(),
        user_id,
        category: input.category,
        subject: input.subject.clone(),
        claim: None,
        outcome: None,
        opened_at: now,
        waits_since: Some(now),
        closed_at: None,
    };
    insert(&mut tx, &mut case).await?;
    let id = case.conversation_id;
    store::conversations::begin_support_conversation(&mut tx, id, user_id, now).await?;
    let message = Message::text(id, 1, user_id, &input.text, now);
    let pace = Pace::with_another(None, now)?;
    store::messages::insert_message(&mut tx, &message, None).await?;
    store::conversations::update_last_number(&mut tx, id, message.number).await?;
    store::members::note_sent(&mut tx, &message, pace).await?;
    Ok((tx, SupportCaseBody::from(&case)))
}

/// Under another number if its own is taken.
async fn insert(tx: &mut Tx, case: &mut SupportCase) -> Result<(), Error> {
    for _ in 0..NUMBERS_MAX {
        match store::support_cases::insert_case(tx, case).await {
            Err(error) if is_duplicate(&error) => {
                case.number = CaseNumber::random().map_err(Error::internal)?;
            }
            inserted => return Ok(inserted?),
        }
    }
    Err(Error::internal("no number is free for a case"))
}
