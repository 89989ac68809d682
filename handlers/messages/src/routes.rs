//! Every URL and trigger of this service.

use service::{Api, Batch, Dependency, Error, Routes};

use crate::use_cases::{
    announce_message_picture, answer_support_case, claim_support_case, close_message_report,
    close_support_case, count_unread_messages, edit_message, forget_reported, forget_support_cases,
    keep_reported_pictures, learn_friendship, learn_group, learn_money, link_desk_picture,
    link_message_picture, list_conversations, list_desk_cases, list_message_reports, list_messages,
    list_support_cases, mark_conversation_read, mark_messages_delivered, mute_conversation,
    open_conversation, open_support_case, read_conversation, read_desk_case, read_message,
    read_message_report, read_support_case, reopen_support_case, report_message, send_message,
    send_picture, settle_picture, share_card, tell_of_typing, unmute_conversation,
    withdraw_message,
};
use crate::{App, NAME, REFUSALS};

const WITH: &str = "/api/v1/messages/people/{user_id}/conversation";
const CONVERSATIONS: &str = "/api/v1/messages/conversations";
const CONVERSATION: &str = "/api/v1/messages/conversations/{conversation_id}";
const MESSAGES: &str = "/api/v1/messages/conversations/{conversation_id}/messages";
const CARDS: &str = "/api/v1/messages/conversations/{conversation_id}/cards";
const PICTURES: &str = "/api/v1/messages/conversations/{conversation_id}/pictures";
const READ: &str = "/api/v1/messages/conversations/{conversation_id}/read-up-to";
const DELIVERED: &str = "/api/v1/messages/delivered";
const TYPING: &str = "/api/v1/messages/conversations/{conversation_id}/typing";
const MUTE: &str = "/api/v1/messages/conversations/{conversation_id}/mute";
const COUNT: &str = "/api/v1/messages/unread-count";
const ANNOUNCED: &str = "/api/v1/messages/pictures";
const MESSAGE: &str = "/api/v1/messages/{message_id}";
const PICTURE: &str = "/api/v1/messages/{message_id}/picture/{size}";
const REPORT_ONE: &str = "/api/v1/messages/{message_id}/report";
const REPORTS: &str = "/api/v1/messages/reports";
const REPORT: &str = "/api/v1/messages/reports/{message_report_id}";
const CLOSE: &str = "/api/v1/messages/reports/{message_report_id}/close";
const CASES: &str = "/api/v1/messages/support-cases";
const CASE: &str = "/api/v1/messages/support-cases/{support_case_id}";
const REOPEN: &str = "/api/v1/messages/support-cases/{support_case_id}/reopen";
const DESK: &str = "/api/v1/messages/support-desk/cases";
const DESK_CASE: &str = "/api/v1/messages/support-desk/cases/{support_case_id}";
const CLAIM: &str = "/api/v1/messages/support-desk/cases/{support_case_id}/claim";
const ANSWERS: &str = "/api/v1/messages/support-desk/cases/{support_case_id}/answers";
const CLOSE_CASE: &str = "/api/v1/messages/support-desk/cases/{support_case_id}/close";
const DESK_PICTURE: &str = "/api/v1/messages/support-desk/cases/{support_case_id}\
    /messages/{message_id}/picture/{size}";
const WITHDRAW: &str = "/api/v1/messages/{message_id}/withdraw";

/// All routes.
pub fn routes(app: App) -> Routes {
    let dependencies = vec![Dependency::MySql(app.database.clone())];
    Api::new(NAME, "Messages", app.clone(), &app.tokens)
        .refuses(REFUSALS)
        .put(WITH, "Opens the conversation with another person.", open_conversation)
        .get(CONVERSATIONS, "Lists the caller's conversations.", list_conversations)
        .get(CONVERSATION, "Reads one of the caller's conversations.", read_conversation)
        .get(MESSAGES, "Lists what was said in a conversation.", list_messages)
        .post(MESSAGES, "Says something in a conversation.", send_message)
        .post(CARDS, "Shows money of the caller's in a conversation.", share_card)
        .post(PICTURES, "Sends a picture of the caller's in a conversation.", send_picture)
        .put(READ, "Says up to which message the caller has read.", mark_conversation_read)
        .put(DELIVERED, "Says which messages the caller's app has.", mark_messages_delivered)
        .post(TYPING, "Shows others that the caller types.", tell_of_typing)
        .put(MUTE, "Tells the caller of a conversation no longer.", mute_conversation)
        .delete(MUTE, "Tells the caller of a conversation again.", unmute_conversation)
        .get(COUNT, "Counts the messages that the caller has yet to read.", count_unread_messages)
        .post(ANNOUNCED, "Gives a link to upload a picture to send.", announce_message_picture)
        .get(MESSAGE, "Reads a message.", read_message)
        .patch(MESSAGE, "Changes what the caller has said.", edit_message)
        .post(WITHDRAW, "Takes back what the caller has said.", withdraw_message)
        .get(PICTURE, "Gives a link to the picture of a message.", link_message_picture)
        .put(REPORT_ONE, "Shows staff what another has said.", report_message)
        .get(REPORTS, "Lists the reports of messages that wait for staff.", list_message_reports)
        .get(REPORT, "Reads a report of a message with what was said.", read_message_report)
        .post(CLOSE, "Closes a report of a message.", close_message_report)
        .post(CASES, "Asks support for help.", open_support_case)
        .get(CASES, "Lists the caller's cases with support.", list_support_cases)
        .get(CASE, "Reads one of the caller's cases with support.", read_support_case)
        .post(REOPEN, "Opens a case of the caller's again.", reopen_support_case)
        .get(DESK, "Lists the cases that are open, or finds one by its number.", list_desk_cases)
        .get(DESK_CASE, "Reads a case with what was said.", read_desk_case)
        .post(CLAIM, "Takes a case on.", claim_support_case)
        .post(ANSWERS, "Answers in a case, as support.", answer_support_case)
        .post(CLOSE_CASE, "Closes a case with a last word.", close_support_case)
        .get(DESK_PICTURE, "Gives staff a link to a picture in a case.", link_desk_picture)
        .on_events("messages_on_user_profile", on_user_profile)
        .on_events("messages_on_social", on_social)
        .on_events("messages_on_payments", on_payments)
        .on_timer("messages_relay_outbox", relay_outbox)
        .finish(dependencies)
}

async fn on_user_profile(app: App, batch: Batch) -> Result<(), Error> {
    inbox::consume(&app.database, batch, |tx, event| Box::pin(inbox::learn_name(tx, event))).await
}

async fn on_social(app: App, batch: Batch) -> Result<(), Error> {
    inbox::consume(&app.database, batch, |tx, event| {
        Box::pin(async move {
            learn_friendship(tx, event).await?;
            learn_group(tx, event).await
        })
    })
    .await
}

async fn on_payments(app: App, batch: Batch) -> Result<(), Error> {
    inbox::consume(&app.database, batch, |tx, event| Box::pin(learn_money(tx, event))).await
}

async fn relay_outbox(app: App) -> Result<(), Error> {
    app.outbox.nudge();
    // Each whatever the others answer.
    let forgotten = forget_reported(&app).await;
    let cases = forget_support_cases(&app).await;
    let kept = keep_reported_pictures(&app).await;
    let settle = |picture_id| settle_picture(&app, picture_id);
    let gone = app.pictures.forget_due(&app.database, settle).await;
    forgotten.and(cases).and(kept).and(gone)
}
