//! Every URL and trigger of this service, and the bodies it takes and gives.

use std::convert::Infallible;

use serde::Serialize;
use service::{
    Caller, Dependency, Problem, ProblemBody, Scope, caller, event_batch, invocation_done,
    json_body, render_rejection, service_resource, timer, with,
};
use utoipa::{OpenApi, ToSchema};
use values::{DisplayName, Phone, UserId};
use warp::filters::BoxedFilter;
use warp::{Filter, Reply};

use crate::App;
use crate::domain::{Language, Profile};
use crate::error::Error;
use crate::use_cases::{self, ReplaceProfile};

const EITHER_PRODUCT: &[Scope] = &[Scope::Consumer, Scope::Business];
const ON_AUTH: &str = "user_profile_on_auth";
const RELAY_OUTBOX: &str = "user_profile_relay_outbox";

#[derive(OpenApi)]
#[openapi(info(title = "User profile"), paths(read_own_profile, replace_own_profile))]
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
    let caller = || caller(&app.tokens, EITHER_PRODUCT);
    let read = own_profile().and(warp::get()).and(caller()).and(with(app)).then(read_own_profile);
    let replace = own_profile()
        .and(warp::put())
        .and(caller())
        .and(json_body())
        .and(with(app))
        .then(replace_own_profile);
    read.or(replace).boxed()
}

fn trigger_routes(app: &App) -> BoxedFilter<(impl Reply + use<>,)> {
    let on_auth = event_batch(ON_AUTH).and(with(app)).then(on_auth);
    let relay = timer(RELAY_OUTBOX).and(with(app)).map(relay_outbox);
    on_auth.or(relay).boxed()
}

/// A person's own profile.
#[derive(Serialize, ToSchema)]
struct ProfileBody {
    user_id: UserId,
    /// Absent for the moment that the sign-up takes to arrive.
    phone: Option<Phone>,
    /// Absent until the person has chosen one.
    display_name: Option<DisplayName>,
    language: Language,
    /// Counts the changes, from 1.
    version: u32,
}

impl From<Profile> for ProfileBody {
    fn from(profile: Profile) -> Self {
        let Profile { user_id, phone, display_name, language, version } = profile;
        Self { user_id, phone, display_name, language, version }
    }
}

/// Reads the caller's own profile.
#[utoipa::path(
    get, path = "/api/v1/users/me", security(("bearer" = [])),
    responses(
        (status = 200, body = ProfileBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn read_own_profile(caller: Caller, app: App) -> Result<impl Reply, Error> {
    let profile = use_cases::read_profile(&app, caller.user_id).await?;
    Ok(warp::reply::json(&ProfileBody::from(profile)))
}

/// Creates or replaces the caller's own profile.
#[utoipa::path(
    put, path = "/api/v1/users/me", security(("bearer" = [])), request_body = ReplaceProfile,
    responses(
        (status = 200, body = ProfileBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn replace_own_profile(
    caller: Caller,
    new: ReplaceProfile,
    app: App,
) -> Result<impl Reply, Error> {
    let profile = use_cases::replace_profile(&app, caller.user_id, new).await?;
    Ok(warp::reply::json(&ProfileBody::from(profile)))
}

async fn on_auth(batch: Vec<String>, app: App) -> Result<impl Reply, Problem> {
    outbox::consume(&app.pool, ON_AUTH, batch, &(), |(), tx, event| {
        Box::pin(use_cases::begin_profile(tx, event))
    })
    .await?;
    Ok(invocation_done())
}

fn relay_outbox(app: App) -> impl Reply {
    app.outbox.nudge();
    invocation_done()
}
