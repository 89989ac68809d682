//! Every URL and trigger of this service.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use events::Envelope;
use inbox::Failure;
use service::database::Tx;
use service::{Api, Batch, Dependency, Error, Routes};
use tokio::sync::Mutex;

use crate::arrivals::Passing;
use crate::domain::Mailbox;
use crate::use_cases::{
    check_push_tokens, choose_notifications, count_unread, delete_webhook_endpoint,
    deliver_notifications, enable_webhook_endpoint, forget_old_notifications, forget_old_webhooks,
    forget_push_token, learn_business, learn_handover, learn_language, list_feeds,
    list_notifications, list_typing, list_webhook_attempts, list_webhook_deliveries,
    list_webhook_endpoints, mark_all_read, mark_read, pause_webhook_endpoint, queue_webhooks,
    read_notification_preferences, read_webhook_delivery, read_webhook_endpoint, redeliver_webhook,
    register_push_token, register_webhook_endpoint, remove_push_token, rotate_webhook_secret,
    stream_notifications, tell_of_friends, tell_of_messages, tell_of_security,
    test_webhook_endpoint, watch_webhooks,
};
use crate::{App, NAME, REFUSALS};

const LIST: &str = "/api/v1/notifications";
const COUNT: &str = "/api/v1/notifications/unread-count";
const STREAM: &str = "/api/v1/notifications/stream";
const READ: &str = "/api/v1/notifications/{notification_id}/read";
const READ_ALL: &str = "/api/v1/notifications/read-all";
const PUSH_TOKEN: &str = "/api/v1/notifications/push-token";
const PREFERENCES: &str = "/api/v1/notification-preferences";
const ENDPOINTS: &str = "/api/v1/webhook-endpoints";
const ENDPOINT: &str = "/api/v1/webhook-endpoints/{webhook_endpoint_id}";
const PAUSE: &str = "/api/v1/webhook-endpoints/{webhook_endpoint_id}/pause";
const ENABLE: &str = "/api/v1/webhook-endpoints/{webhook_endpoint_id}/enable";
const SECRETS: &str = "/api/v1/webhook-endpoints/{webhook_endpoint_id}/secrets";
const TESTS: &str = "/api/v1/webhook-endpoints/{webhook_endpoint_id}/tests";
const DELIVERIES: &str = "/api/v1/webhook-endpoints/{webhook_endpoint_id}/deliveries";
const DELIVERY: &str = "/api/v1/webhook-deliveries/{webhook_delivery_id}";
const ATTEMPTS: &str = "/api/v1/webhook-deliveries/{webhook_delivery_id}/attempts";
const REDELIVER: &str = "/api/v1/webhook-deliveries/{webhook_delivery_id}/redeliver";

/// How long one call of the timer, which comes each 30 s, goes on with what is too old: webhooks,
/// and then notifications.
const FORGETTING_MAX: Duration = Duration::from_secs(10);

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
        .get(PREFERENCES, "Reads what the caller is not told of.", read_notification_preferences)
        .patch(PREFERENCES, "Chooses what the caller is not told of.", choose_notifications)
        .post(ENDPOINTS, "Has a business told of what happens.", register_webhook_endpoint)
        .get(ENDPOINTS, "Lists the webhook endpoints of the caller.", list_webhook_endpoints)
        .get(ENDPOINT, "Reads one webhook endpoint.", read_webhook_endpoint)
        .delete(ENDPOINT, "Deletes a webhook endpoint for good.", delete_webhook_endpoint)
        .post(PAUSE, "Keeps what is to be sent to an endpoint.", pause_webhook_endpoint)
        .post(ENABLE, "Sends an endpoint what happens, again.", enable_webhook_endpoint)
        .post(SECRETS, "Replaces the secret of a webhook endpoint.", rotate_webhook_secret)
        .post(TESTS, "Sends a webhook endpoint a test message.", test_webhook_endpoint)
        .get(DELIVERIES, "Lists what an endpoint was or is sent.", list_webhook_deliveries)
        .get(DELIVERY, "Reads what became of one message.", read_webhook_delivery)
        .get(ATTEMPTS, "Lists how often one message was tried.", list_webhook_attempts)
        .post(REDELIVER, "Sends a message again, under its id.", redeliver_webhook)
        .on_events("notification_on_auth", on_auth)
        .on_events("notification_on_business_profile", on_business_profile)
        .on_events("notification_on_payments", on_payments)
        .on_events("notification_on_onboarding", on_onboarding)
        .on_events("notification_on_social", on_social)
        .on_events("notification_on_user_profile", on_user_profile)
        .on_events("notification_on_messages", on_messages)
        .on_timer("notification_send_webhooks", send_webhooks)
        .finish(dependencies)
}

/// What a batch's events do in their transaction: whose mailboxes they deliver to. Boxed for the
/// same reason as an [`inbox::Effect`].
type Telling<'a> = Pin<Box<dyn Future<Output = Result<Vec<Mailbox>, Failure>> + Send + 'a>>;

/// Consumes a batch, and announces to streams whose mailboxes have something new.
async fn consume_and_announce(
    app: &App,
    batch: Batch,
    tell: impl for<'a> Fn(&'a mut Tx, &'a [&'a Envelope]) -> Telling<'a> + Sync,
) -> Result<(), Error> {
    let told = Arc::new(Mutex::new(Vec::<Mailbox>::new()));
    let consumed = inbox::consume_together(&app.database, batch, |tx, events| {
        let (told, telling) = (Arc::clone(&told), tell(tx, events));
        Box::pin(async move {
            let mailboxes = telling.await?;
            told.lock().await.extend(mailboxes);
            Ok(())
        })
    })
    .await;
    // Also after a failure: what came before it in the batch was delivered.
    let told = told.lock().await;
    if !told.is_empty() {
        app.pushes.nudge();
    }
    app.arrivals.announce(&told).await;
    consumed
}

async fn on_auth(app: App, batch: Batch) -> Result<(), Error> {
    consume_and_announce(&app, batch, |tx, events| {
        Box::pin(async move {
            for event in events {
                forget_push_token(tx, event).await?;
            }
            tell_of_security(tx, events).await
        })
    })
    .await
}

async fn on_business_profile(app: App, batch: Batch) -> Result<(), Error> {
    consume_and_announce(&app, batch, |tx, events| {
        Box::pin(async move {
            for event in events {
                learn_business(tx, event).await?;
                learn_handover(tx, event).await?;
            }
            deliver_notifications(tx, events).await
        })
    })
    .await
}

async fn on_payments(app: App, batch: Batch) -> Result<(), Error> {
    let is_queued = Arc::new(AtomicBool::new(false));
    let consumed = consume_and_announce(&app, batch, |tx, events| {
        let is_queued = Arc::clone(&is_queued);
        Box::pin(async move {
            // Before mailboxes are locked: whoever disables an endpoint locks in this order.
            if queue_webhooks(tx, events).await? {
                is_queued.store(true, Ordering::Relaxed);
            }
            deliver_notifications(tx, events).await
        })
    })
    .await;
    if is_queued.load(Ordering::Relaxed) {
        app.webhooks.nudge();
    }
    consumed
}

/// What waits since a crash, or for another try or its time, of webhooks and of pushes; what is too
/// old goes; are shops reached, and devices? And a rotated key wraps what its older versions did.
async fn send_webhooks(app: App) -> Result<(), Error> {
    app.webhooks.nudge();
    app.pushes.nudge();
    // Each whatever the others answer, and none for so long that the next call is kept waiting.
    let webhooks = forget_old_webhooks(&app.database, FORGETTING_MAX).await;
    let notifications = forget_old_notifications(&app.database, FORGETTING_MAX).await;
    let watched = watch_webhooks(&app.database).await;
    let rewrapped = app.webhook_secrets.rewrap(&app.database).await;
    let checked = check_push_tokens(&app.database, &app.push_hub).await;
    webhooks.and(notifications).and(watched).and(rewrapped).and(checked)
}

/// Of applications, whose events do nothing but tell somebody.
async fn on_onboarding(app: App, batch: Batch) -> Result<(), Error> {
    consume_and_announce(&app, batch, |tx, events| Box::pin(deliver_notifications(tx, events)))
        .await
}

async fn on_social(app: App, batch: Batch) -> Result<(), Error> {
    let feeds = Arc::new(Mutex::new(Vec::new()));
    let consumed = consume_and_announce(&app, batch, |tx, events| {
        let feeds = Arc::clone(&feeds);
        Box::pin(async move {
            feeds.lock().await.extend(list_feeds(events)?);
            tell_of_friends(tx, events).await
        })
    })
    .await;
    let feeds: BTreeSet<Mailbox> = feeds.lock().await.drain(..).collect();
    let changed = |mailbox| (mailbox, Passing::Feed { is_feed_changed: true });
    app.arrivals.show(&feeds.into_iter().map(changed).collect::<Vec<_>>()).await;
    consumed
}

async fn on_messages(app: App, batch: Batch) -> Result<(), Error> {
    let typing = Arc::new(Mutex::new(Vec::new()));
    let consumed = consume_and_announce(&app, batch, |tx, events| {
        let typing = Arc::clone(&typing);
        Box::pin(async move {
            typing.lock().await.extend(list_typing(events)?);
            tell_of_messages(tx, events).await
        })
    })
    .await;
    app.arrivals.show(&typing.lock().await).await;
    consumed
}

async fn on_user_profile(app: App, batch: Batch) -> Result<(), Error> {
    inbox::consume(&app.database, batch, |tx, event| Box::pin(learn_language(tx, event))).await
}
