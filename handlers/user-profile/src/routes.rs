//! Every URL and trigger of this service.

use std::convert::Infallible;

use service::{
    Caller, Dependency, Problem, ProblemBody, Scope, caller, event_batch, invocation_done,
    json_body, render_rejection, service_resource, with,
};
use utoipa::OpenApi;
use warp::filters::BoxedFilter;
use warp::{Filter, Reply};

use crate::App;
use crate::error::Error;
use crate::use_cases::{self, ProfileBody, ReplaceProfile};

const ON_AUTH: &str = "user_profile_on_auth";
const RELAY_OUTBOX: &str = "user_profile_relay_outbox";

#[derive(OpenApi)]
#[openapi(info(title = "User profile"), paths(read_profile, replace_profile))]
struct Document;

/// All routes.
pub fn routes(app: App) -> impl Filter<Extract = (impl Reply,), Error = Infallible> + Clone {
    let dependencies = vec![Dependency::MySql(app.pool.clone())];
    profile_routes(&app)
        .or(trigger_routes(&app))
        .or(service_resource("user-profile", Document::openapi(), dependencies))
        .recover(render_rejection)
}

fn profile_routes(app: &App) -> BoxedFilter<(impl Reply + use<>,)> {
    let own_profile = || warp::path!("api" / "v1" / "users" / "me");
    let caller = || caller(&app.tokens, Scope::EITHER);
    let read = own_profile().and(warp::get()).and(caller()).and(with(app)).then(read_profile);
    let replace = own_profile()
        .and(warp::put())
        .and(caller())
        .and(json_body())
        .and(with(app))
        .then(replace_profile);
    read.or(replace).boxed()
}

fn trigger_routes(app: &App) -> BoxedFilter<(impl Reply + use<>,)> {
    let on_auth = event_batch(ON_AUTH).and(with(app)).then(on_auth);
    on_auth.or(outbox::relay_route(RELAY_OUTBOX, &app.outbox)).boxed()
}

/// Reads the caller's own profile.
#[utoipa::path(
    get, path = "/api/v1/users/me", security(("bearer" = [])),
    responses(
        (status = 200, body = ProfileBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn read_profile(caller: Caller, app: App) -> Result<impl Reply, Error> {
    Ok(warp::reply::json(&use_cases::read_profile(&app, caller.user_id).await?))
}

/// Creates or replaces the caller's own profile.
#[utoipa::path(
    put, path = "/api/v1/users/me", security(("bearer" = [])), request_body = ReplaceProfile,
    responses(
        (status = 200, body = ProfileBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn replace_profile(
    caller: Caller,
    input: ReplaceProfile,
    app: App,
) -> Result<impl Reply, Error> {
    Ok(warp::reply::json(&use_cases::replace_profile(&app, caller.user_id, input).await?))
}

async fn on_auth(batch: Vec<String>, app: App) -> Result<impl Reply, Problem> {
    outbox::consume(&app.pool, ON_AUTH, batch, &(), |(), tx, event| {
        Box::pin(use_cases::begin_profile(tx, event))
    })
    .await?;
    Ok(invocation_done())
}
