//! Every URL and trigger of this service, and the bodies it takes and gives.

use std::convert::Infallible;

use serde::Serialize;
use service::{
    Caller, Dependency, ProblemBody, Scope, caller, invocation_done, json_body, render_rejection,
    service_resource, timer, with,
};
use utoipa::{OpenApi, ToSchema};
use values::{BusinessId, CategoryCode, DisplayName, FpsId, UserId};
use warp::filters::BoxedFilter;
use warp::http::StatusCode;
use warp::{Filter, Reply};

use crate::App;
use crate::domain::{Business, BusinessDetails};
use crate::error::Error;
use crate::use_cases;

const BUSINESS_ONLY: &[Scope] = &[Scope::Business];
const RELAY_OUTBOX: &str = "business_profile_relay_outbox";

#[derive(OpenApi)]
#[openapi(
    info(title = "Business profile"),
    paths(create_business, list_own_businesses, read_own_business, replace_own_business)
)]
struct Document;

/// All routes.
pub fn routes(app: App) -> impl Filter<Extract = (impl Reply,), Error = Infallible> + Clone {
    let dependencies = vec![Dependency::MySql(app.pool.clone())];
    business_routes(&app)
        .or(trigger_routes(&app))
        .or(service_resource("business-profile", Document::openapi(), dependencies))
        .recover(render_rejection)
}

fn business_routes(app: &App) -> BoxedFilter<(impl Reply + use<>,)> {
    let businesses = || warp::path!("api" / "v1" / "businesses");
    let business = || warp::path!("api" / "v1" / "businesses" / BusinessId);
    let caller = || caller(&app.tokens, BUSINESS_ONLY);
    let create = businesses()
        .and(warp::post())
        .and(caller())
        .and(json_body())
        .and(with(app))
        .then(create_business);
    let list = businesses().and(warp::get()).and(caller()).and(with(app)).then(list_own_businesses);
    let read = business().and(warp::get()).and(caller()).and(with(app)).then(read_own_business);
    let replace = business()
        .and(warp::put())
        .and(caller())
        .and(json_body())
        .and(with(app))
        .then(replace_own_business);
    create.or(list).or(read).or(replace).boxed()
}

fn trigger_routes(app: &App) -> BoxedFilter<(impl Reply + use<>,)> {
    timer(RELAY_OUTBOX).and(with(app)).map(relay_outbox).boxed()
}

/// A business of the caller.
#[derive(Serialize, ToSchema)]
struct BusinessBody {
    business_id: BusinessId,
    owner_user_id: UserId,
    /// The name that payers see.
    shop_name: DisplayName,
    category_code: CategoryCode,
    /// Null if the business cannot be paid by FPS.
    fps_id: Option<FpsId>,
    /// Counts the changes, from 1.
    version: u32,
}

impl From<Business> for BusinessBody {
    fn from(business: Business) -> Self {
        let Business { business_id, owner_user_id, details, version } = business;
        let BusinessDetails { shop_name, category_code, fps_id } = details;
        Self { business_id, owner_user_id, shop_name, category_code, fps_id, version }
    }
}

/// All businesses of the caller.
#[derive(Serialize, ToSchema)]
struct BusinessesBody {
    /// The oldest first.
    businesses: Vec<BusinessBody>,
}

/// Creates a business that the caller owns.
#[utoipa::path(
    post, path = "/api/v1/businesses", security(("bearer" = [])), request_body = BusinessDetails,
    responses(
        (status = 201, body = BusinessBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn create_business(
    caller: Caller,
    details: BusinessDetails,
    app: App,
) -> Result<impl Reply, Error> {
    let business = use_cases::create_business(&app, caller.user_id, details).await?;
    let body = warp::reply::json(&BusinessBody::from(business));
    Ok(warp::reply::with_status(body, StatusCode::CREATED))
}

/// Lists the caller's own businesses.
#[utoipa::path(
    get, path = "/api/v1/businesses", security(("bearer" = [])),
    responses(
        (status = 200, body = BusinessesBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn list_own_businesses(caller: Caller, app: App) -> Result<impl Reply, Error> {
    let businesses = use_cases::list_businesses(&app, caller.user_id).await?;
    let businesses = businesses.into_iter().map(BusinessBody::from).collect();
    Ok(warp::reply::json(&BusinessesBody { businesses }))
}

/// Reads one of the caller's own businesses.
#[utoipa::path(
    get, path = "/api/v1/businesses/{business_id}", security(("bearer" = [])),
    params(("business_id" = inline(BusinessId), Path)),
    responses(
        (status = 200, body = BusinessBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn read_own_business(
    business_id: BusinessId,
    caller: Caller,
    app: App,
) -> Result<impl Reply, Error> {
    let business = use_cases::read_business(&app, caller.user_id, business_id).await?;
    Ok(warp::reply::json(&BusinessBody::from(business)))
}

/// Replaces what the caller says of one of their own businesses.
#[utoipa::path(
    put, path = "/api/v1/businesses/{business_id}", security(("bearer" = [])),
    params(("business_id" = inline(BusinessId), Path)), request_body = BusinessDetails,
    responses(
        (status = 200, body = BusinessBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn replace_own_business(
    business_id: BusinessId,
    caller: Caller,
    new: BusinessDetails,
    app: App,
) -> Result<impl Reply, Error> {
    let business = use_cases::replace_business(&app, caller.user_id, business_id, new).await?;
    Ok(warp::reply::json(&BusinessBody::from(business)))
}

fn relay_outbox(app: App) -> impl Reply {
    app.outbox.nudge();
    invocation_done()
}
