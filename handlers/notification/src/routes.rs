//! Every URL and trigger of this service.

use std::convert::Infallible;

use service::{
    Caller, Dependency, Problem, ProblemBody, Scope, caller, event_batch, invocation_done,
    render_rejection, service_resource, with,
};
use utoipa::OpenApi;
use values::NotificationId;
use warp::filters::BoxedFilter;
use warp::http::StatusCode;
use warp::{Filter, Rejection, Reply};

use crate::App;
use crate::domain::{Mailbox, Notification};
use crate::error::Error;
use crate::use_cases::{self, Delivered, ListNotifications, NotificationPage, UnreadCountBody};

const ON_PAYMENTS: &str = "notification_on_payments";
const ON_USER_PROFILE: &str = "notification_on_user_profile";

#[derive(OpenApi)]
#[openapi(
    info(title = "Notification"),
    paths(list_notifications, count_unread, mark_read, mark_all_read, stream_notifications)
)]
struct Document;

/// All routes.
pub fn routes(app: App) -> impl Filter<Extract = (impl Reply,), Error = Infallible> + Clone {
    let dependencies =
        vec![Dependency::MySql(app.pool.clone()), Dependency::Redis(app.arrivals.publisher())];
    mailbox_routes(&app)
        .or(trigger_routes(&app))
        .or(service_resource("notification", Document::openapi(), dependencies))
        .recover(render_rejection)
}

fn mailbox_routes(app: &App) -> BoxedFilter<(impl Reply + use<>,)> {
    let base = || warp::path!("api" / "v1" / "notifications" / ..);
    let list = base()
        .and(warp::path::end())
        .and(warp::get())
        .and(mailbox(app))
        .and(warp::query())
        .and(with(app))
        .then(list_notifications);
    let unread = base()
        .and(warp::path!("unread-count"))
        .and(warp::get())
        .and(mailbox(app))
        .and(with(app))
        .then(count_unread);
    let mark = base()
        .and(warp::path!(NotificationId / "read"))
        .and(warp::post())
        .and(mailbox(app))
        .and(with(app))
        .then(mark_read);
    let mark_all = base()
        .and(warp::path!("read-all"))
        .and(warp::post())
        .and(mailbox(app))
        .and(with(app))
        .then(mark_all_read);
    let stream = base()
        .and(warp::path!("stream"))
        .and(warp::get())
        .and(mailbox(app))
        .and(warp::sse::last_event_id())
        .and(with(app))
        .then(stream_notifications);
    list.or(unread).or(mark).or(mark_all).or(stream).boxed()
}

fn trigger_routes(app: &App) -> BoxedFilter<(impl Reply + use<>,)> {
    let on_payments = event_batch(ON_PAYMENTS).and(with(app)).then(on_payments);
    let on_user_profile = event_batch(ON_USER_PROFILE).and(with(app)).then(on_user_profile);
    on_payments.or(on_user_profile).boxed()
}

/// The caller's own mailbox in the product that the token is for: there is no way to name another.
fn mailbox(app: &App) -> impl Filter<Extract = (Mailbox,), Error = Rejection> + Clone + use<> {
    caller(&app.tokens, Scope::EITHER)
        .map(|caller: Caller| Mailbox { user_id: caller.user_id, product: caller.scope })
}

/// Lists the caller's notifications, newest first.
#[utoipa::path(
    get, path = "/api/v1/notifications", security(("bearer" = [])), params(ListNotifications),
    responses(
        (status = 200, body = NotificationPage),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn list_notifications(
    mailbox: Mailbox,
    input: ListNotifications,
    app: App,
) -> Result<impl Reply, Error> {
    Ok(warp::reply::json(&use_cases::list_notifications(&app, mailbox, input).await?))
}

/// Counts the caller's unread notifications.
#[utoipa::path(
    get, path = "/api/v1/notifications/unread-count", security(("bearer" = [])),
    responses(
        (status = 200, body = UnreadCountBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn count_unread(mailbox: Mailbox, app: App) -> Result<impl Reply, Error> {
    Ok(warp::reply::json(&use_cases::count_unread(&app, mailbox).await?))
}

/// Marks one notification read.
#[utoipa::path(
    post, path = "/api/v1/notifications/{notification_id}/read", security(("bearer" = [])),
    params(("notification_id" = inline(NotificationId), Path)),
    responses(
        (status = 204),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn mark_read(id: NotificationId, mailbox: Mailbox, app: App) -> Result<impl Reply, Error> {
    use_cases::mark_read(&app, mailbox, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Marks all of the caller's notifications read.
#[utoipa::path(
    post, path = "/api/v1/notifications/read-all", security(("bearer" = [])),
    responses(
        (status = 204),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn mark_all_read(mailbox: Mailbox, app: App) -> Result<impl Reply, Error> {
    use_cases::mark_all_read(&app, mailbox).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Streams the caller's notifications as they arrive (server-sent events: event `notification`,
/// its JSON as data, its id as id). Ends after some minutes; the next stream continues where the
/// last one ended if it says which id it saw last.
#[utoipa::path(
    get, path = "/api/v1/notifications/stream", security(("bearer" = [])),
    params(("Last-Event-ID" = inline(Option<NotificationId>), Header)),
    responses(
        (status = 200, body = Notification, content_type = "text/event-stream"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn stream_notifications(
    mailbox: Mailbox,
    last_seen: Option<NotificationId>,
    app: App,
) -> Result<impl Reply, Error> {
    Ok(warp::sse::reply(use_cases::stream_notifications(app, mailbox, last_seen).await?))
}

async fn on_payments(batch: Vec<String>, app: App) -> Result<impl Reply, Problem> {
    let delivered = Delivered::default();
    let consumed =
        outbox::consume(&app.pool, ON_PAYMENTS, batch, &delivered, |delivered, tx, event| {
            Box::pin(use_cases::deliver_notifications(delivered, tx, event))
        })
        .await;
    // Also after a failure: what came before it in the batch was delivered.
    app.arrivals.announce(&delivered.into_inner()).await;
    consumed?;
    Ok(invocation_done())
}

async fn on_user_profile(batch: Vec<String>, app: App) -> Result<impl Reply, Problem> {
    outbox::consume(&app.pool, ON_USER_PROFILE, batch, &(), |(), tx, event| {
        Box::pin(use_cases::learn_language(tx, event))
    })
    .await?;
    Ok(invocation_done())
}
