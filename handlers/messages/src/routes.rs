//! Every URL and trigger of this service.

use service::{Api, Batch, Dependency, Error, Routes};

use crate::use_cases::{
    announce_message_picture, close_message_report, count_unread_messages, edit_message,
    forget_reported, keep_reported_pictures, learn_friendship, learn_group, learn_money,
    link_message_picture, list_conversations, list_message_reports, list_messages,
    mark_conversation_read, mute_conversation, open_conversation, read_conversation, read_message,
    read_message_report, report_message, send_message, send_picture, settle_picture, share_card,
    unmute_conversation, withdraw_message,
};
use crate::{App, NAME, REFUSALS};

const WITH: &str = "/api/v1/messages/people/{user_id}/conversation";
const CONVERSATIONS: &str = "/api/v1/messages/conversations";
const CONVERSATION: &str = "/api/v1/messages/conversations/{conversation_id}";
const MESSAGES: &str = "/api/v1/messages/conversations/{conversation_id}/messages";
const CARDS: &str = "/api/v1/messages/conversations/{conversation_id}/cards";
const PICTURES: &str = "/api/v1/messages/conversations/{conversation_id}/pictures";
const READ: &str = "/api/v1/messages/conversations/{conversation_id}/read-up-to";
const MUTE: &str = "/api/v1/messages/conversations/{conversation_id}/mute";
const COUNT: &str = "/api/v1/messages/unread-count";
const ANNOUNCED: &str = "/api/v1/messages/pictures";
const MESSAGE: &str = "/api/v1/messages/{message_id}";
const PICTURE: &str = "/api/v1/messages/{message_id}/picture/{size}";
const REPORT_ONE: &str = "/api/v1/messages/{message_id}/report";
const REPORTS: &str = "/api/v1/messages/reports";
const REPORT: &str = "/api/v1/messages/reports/{message_report_id}";
const CLOSE: &str = "/api/v1/messages/reports/{message_report_id}/close";
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
    let kept = keep_reported_pictures(&app).await;
    let settle = |picture_id| settle_picture(&app, picture_id);
    let gone = app.pictures.forget_due(&app.database, settle).await;
    forgotten.and(kept).and(gone)
}
