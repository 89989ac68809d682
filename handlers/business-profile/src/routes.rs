//! Every URL and trigger of this service.

use std::convert::Infallible;

use service::{
    Caller, Dependency, ProblemBody, Scope, caller, json_body, render_rejection, service_resource,
    with,
};
use utoipa::OpenApi;
use values::BusinessId;
use warp::filters::BoxedFilter;
use warp::http::StatusCode;
use warp::{Filter, Reply};

use crate::App;
use crate::error::Error;
use crate::use_cases::{self, BusinessBody, BusinessesBody, CreateBusiness, ReplaceBusiness};

const RELAY_OUTBOX: &str = "business_profile_relay_outbox";

#[derive(OpenApi)]
#[openapi(
    info(title = "Business profile"),
    paths(create_business, list_businesses, read_business, replace_business)
)]
struct Document;

/// All routes.
pub fn routes(app: App) -> impl Filter<Extract = (impl Reply,), Error = Infallible> + Clone {
    let dependencies = vec![Dependency::MySql(app.pool.clone())];
    business_routes(&app)
        .or(outbox::relay_route(RELAY_OUTBOX, &app.outbox))
        .or(service_resource("business-profile", Document::openapi(), dependencies))
        .recover(render_rejection)
}

fn business_routes(app: &App) -> BoxedFilter<(impl Reply + use<>,)> {
    let businesses = || warp::path!("api" / "v1" / "businesses");
    let business = || warp::path!("api" / "v1" / "businesses" / BusinessId);
    let caller = || caller(&app.tokens, Scope::BUSINESS);
    let create = businesses()
        .and(warp::post())
        .and(caller())
        .and(json_body())
        .and(with(app))
        .then(create_business);
    let list = businesses().and(warp::get()).and(caller()).and(with(app)).then(list_businesses);
    let read = business().and(warp::get()).and(caller()).and(with(app)).then(read_business);
    let replace = business()
        .and(warp::put())
        .and(caller())
        .and(json_body())
        .and(with(app))
        .then(replace_business);
    create.or(list).or(read).or(replace).boxed()
}

/// Creates a business that the caller owns.
#[utoipa::path(
    post, path = "/api/v1/businesses", security(("bearer" = [])), request_body = CreateBusiness,
    responses(
        (status = 201, body = BusinessBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn create_business(
    caller: Caller,
    input: CreateBusiness,
    app: App,
) -> Result<impl Reply, Error> {
    let business = use_cases::create_business(&app, caller.user_id, input).await?;
    Ok(warp::reply::with_status(warp::reply::json(&business), StatusCode::CREATED))
}

/// Lists the caller's own businesses.
#[utoipa::path(
    get, path = "/api/v1/businesses", security(("bearer" = [])),
    responses(
        (status = 200, body = BusinessesBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn list_businesses(caller: Caller, app: App) -> Result<impl Reply, Error> {
    Ok(warp::reply::json(&use_cases::list_businesses(&app, caller.user_id).await?))
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
async fn read_business(
    business_id: BusinessId,
    caller: Caller,
    app: App,
) -> Result<impl Reply, Error> {
    let business = use_cases::read_business(&app, caller.user_id, business_id).await?;
    Ok(warp::reply::json(&business))
}

/// Replaces what the caller says of one of their own businesses.
#[utoipa::path(
    put, path = "/api/v1/businesses/{business_id}", security(("bearer" = [])),
    params(("business_id" = inline(BusinessId), Path)), request_body = ReplaceBusiness,
    responses(
        (status = 200, body = BusinessBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn replace_business(
    business_id: BusinessId,
    caller: Caller,
    input: ReplaceBusiness,
    app: App,
) -> Result<impl Reply, Error> {
    let business = use_cases::replace_business(&app, caller.user_id, business_id, input).await?;
    Ok(warp::reply::json(&business))
}
