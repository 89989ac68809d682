//! Every URL and trigger of this service.

use std::sync::Arc;

use service::{Api, Batch, Dependency, Error, Routes};
use tokio::sync::Mutex;

use crate::domain::Mailbox;
use crate::use_cases::{
    count_unread, deliver_notifications, forget_push_token, learn_language, list_notifications,
    mark_all_read, mark_read, register_push_token, remove_push_token, stream_notifications,
    tell_of_messages, tell_of_security,
};
use crate::{App, NAME, REFUSALS};

const LIST: &str = "/api/v1/notifications";
const COUNT: &str = "/api/v1/notifications/unread-count";
const STREAM: &str = "/api/v1/notifications/stream";
const READ: &str = "/api/v1/notifications/{notification_id}/read";
const READ_ALL: &str = "/api/v1/notifications/read-all";
const PUSH_TOKEN: &str = "/api/v1/notifications/push-token";

/// All routes.
pub fn routes(app: App) -> Routes {
    let dependencies =
        vec![Dependency::MySql(app.database.clone()), Dependency::Redis(app.arrivals.publisher())];
    Api::new(NAME, "Notification", app.clone(), &app.tokens)
        .refuses(REFUSALS)
        .get(LIST, "Lists the caller's notifications, newest first.", list_notifications)
        .get(COUNT, "Counts the caller's unread notifications.", count_unread)
        .get(STREAM, "Streams the caller's notifications as they arrive.", stream_notifications)
        .post(READ, "Marks one notification read.", mark_read)
        .post(READ_ALL, "Marks all of the caller's notifications read.", mark_all_read)
        .put(PUSH_TOKEN, "Registers this device for pushes.", register_push_token)
        .delete(PUSH_TOKEN, "Ends pushes to this device.", remove_push_token)
        .on_events("notification_on_auth", on_auth)
        .on_events("notification_on_payments", tell)
        .on_events("notification_on_onboarding", tell)
        .on_events("notification_on_social", tell)
        .on_events("notification_on_user_profile", on_user_profile)
        .on_events("notification_on_messages", on_messages)
        .finish(dependencies)
}

async fn on_auth(app: App, batch: Batch) -> Result<(), Error> {
    let told = Arc::new(Mutex::new(Vec::<Mailbox>::new()));
    let consumed = inbox::consume_together(&app.database, batch, |tx, events| {
        let told = Arc::clone(&told);
        Box::pin(async move {
            for event in events {
                forget_push_token(tx, event).await?;
            }
            let mailboxes = tell_of_security(tx, events).await?;
            told.lock().await.extend(mailboxes);
            Ok(())
        })
    })
    .await;
    // Also after a failure: what came before it in the batch was delivered.
    app.arrivals.announce(&told.lock().await).await;
    consumed
}

/// Of money, applications and friends, whose events do nothing but tell somebody.
async fn tell(app: App, batch: Batch) -> Result<(), Error> {
    let delivered = Arc::new(Mutex::new(Vec::<Mailbox>::new()));
    let consumed = inbox::consume_together(&app.database, batch, |tx, events| {
        let delivered = Arc::clone(&delivered);
        Box::pin(async move {
            let mailboxes = deliver_notifications(tx, events).await?;
            delivered.lock().await.extend(mailboxes);
            Ok(())
        })
    })
    .await;
    // Also after a failure: what came before it in the batch was delivered.
    app.arrivals.announce(&delivered.lock().await).await;
    consumed
}

async fn on_messages(app: App, batch: Batch) -> Result<(), Error> {
    let told = Arc::new(Mutex::new(Vec::<Mailbox>::new()));
    let consumed = inbox::consume_together(&app.database, batch, |tx, events| {
        let told = Arc::clone(&told);
        Box::pin(async move {
            let mailboxes = tell_of_messages(tx, events).await?;
            told.lock().await.extend(mailboxes);
            Ok(())
        })
    })
    .await;
    // Also after a failure: what came before it in the batch was delivered.
    app.arrivals.announce(&told.lock().await).await;
    consumed
}

async fn on_user_profile(app: App, batch: Batch) -> Result<(), Error> {
    inbox::consume(&app.database, batch, |tx, event| Box::pin(learn_language(tx, event))).await
}
