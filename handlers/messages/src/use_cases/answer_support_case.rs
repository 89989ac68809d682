//! The member of staff who has a case answers in it, or closes it with a last word.

use serde::{Deserialize, Serialize};
use service::database::{Tx, is_duplicate, now};
use service::trace::TraceContext;
use service::{
    Error, IDEMPOTENCY_KEY_REUSED, Id, Json, Keyed, Recorded, StaffOperator, retry_lock_conflicts,
};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{IdempotencyKey, MessageText, SUPPORT_NAME, SupportCaseId};

use super::read_desk_case::{DeskCaseBody, show};
use super::read_message::MessageBody;
use super::read_support_case::lock_case;
use crate::domain::{Message, Pace, SUPPORT, SupportCase, SupportDeed, SupportOutcome};
use crate::store::support_cases;
use crate::{App, store};

/// What is said.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerSupportCase {
    text: MessageText,
}

/// How it ends.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CloseSupportCase {
    outcome: SupportOutcome,
    /// The last word to the customer.
    text: MessageText,
}

/// What one key stands for.
#[derive(Serialize)]
struct Said<'a> {
    support_case_id: SupportCaseId,
    text: &'a MessageText,
}

/// The customer sees it as support's, whoever of staff wrote it.
pub(crate) async fn answer_support_case(
    app: App,
    Id(id): Id<SupportCaseId>,
    StaffOperator(by): StaffOperator,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(AnswerSupportCase { text }): Json<AnswerSupportCase>,
) -> Result<Recorded<MessageBody>, Error> {
    let said = Said { support_case_id: id, text: &text };
    let keyed = Keyed::new(by.staff_id.uuid(), &key, "answer_support_case", &said)?;
    let answer = async || {
        let now = now();
        let mut tx = app.database.begin().await?;
        if let Some(before) = find_before(&mut tx, &keyed).await? {
            return Ok((before, true));
        }
        let (mut case, newest) = lock_case(&mut tx, id, None).await?;
        case.answer(by.staff_id, now)?;
        let message = message(&case, newest, &text, now);
        match store::messages::insert_message(&mut tx, &message, Some(&keyed)).await {
            Err(error) if is_duplicate(&error) => {
                let absent = || Error::internal("an answer was given before and is not found");
                return Ok((find_before(&mut tx, &keyed).await?.ok_or_else(absent)?, true));
            }
            inserted => inserted?,
        }
        tell(&app, &mut tx, &case, &message, trace).await?;
        support_cases::update_case(&mut tx, &case).await?;
        support_cases::insert_line(&mut tx, id, &by, SupportDeed::Answered, now).await?;
        app.outbox.commit(tx).await?;
        Ok::<_, Error>((message, false))
    };
    let (message, is_repeat) = retry_lock_conflicts(answer).await?;
    Recorded::of(&MessageBody::of(&message, SUPPORT), is_repeat)
}

/// Once: a second one learns that it is closed.
pub(crate) async fn close_support_case(
    app: App,
    Id(id): Id<SupportCaseId>,
    StaffOperator(by): StaffOperator,
    trace: TraceContext,
    Json(CloseSupportCase { outcome, text }): Json<CloseSupportCase>,
) -> Result<Json<DeskCaseBody>, Error> {
    let close = async || {
        let now = now();
        let mut tx = app.database.begin().await?;
        let (mut case, newest) = lock_case(&mut tx, id, None).await?;
        case.close(by.staff_id, outcome, now)?;
        let message = message(&case, newest, &text, now);
        store::messages::insert_message(&mut tx, &message, None).await?;
        tell(&app, &mut tx, &case, &message, trace).await?;
        support_cases::update_case(&mut tx, &case).await?;
        support_cases::insert_line(&mut tx, id, &by, SupportDeed::Closed, now).await?;
        show(tx, &case, None).await
    };
    let closed = retry_lock_conflicts(close).await?;
    app.outbox.nudge();
    Ok(closed)
}

/// What was said under this key.
async fn find_before(tx: &mut Tx, keyed: &Keyed) -> Result<Option<Message>, Error> {
    let Some((message, fingerprint)) = store::messages::find_sent(tx, keyed).await? else {
        return Ok(None);
    };
    if fingerprint.is_some_and(|fingerprint| fingerprint != keyed.fingerprint()) {
        return Err(IDEMPOTENCY_KEY_REUSED.into());
    }
    Ok(Some(message))
}

fn message(case: &SupportCase, newest: u32, text: &MessageText, now: OffsetDateTime) -> Message {
    Message::text(case.conversation_id, newest.saturating_add(1), SUPPORT, text, now)
}

/// Its customer has something to read, and is told unless they have muted the conversation.
async fn tell(
    app: &App,
    tx: &mut Tx,
    case: &SupportCase,
    message: &Message,
    trace: TraceContext,
) -> Result<(), Error> {
    let (id, customer) = (case.conversation_id, case.user_id);
    store::conversations::update_last_number(tx, id, message.number).await?;
    // Of nobody in it: staff are no members.
    let pace = Pace { began_at: message.sent_at, sent: 1 };
    store::members::note_sent(tx, message, pace).await?;
    let membership = store::conversations::find_membership(tx, id, customer).await?;
    let is_told = membership.is_some_and(|membership| !membership.is_muted);
    let told = is_told.then(|| (customer, SUPPORT_NAME.en.to_owned())).into_iter().collect();
    if let Some(sent) = message.sent_event(None, told) {
        let sent = app.outbox.envelope(trace, id.to_string(), &sent)?;
        app.outbox.append(tx, &[sent]).await?;
    }
    Ok(())
}
