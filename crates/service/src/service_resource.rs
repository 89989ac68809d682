//! What every service answers under `/api/v1/<service>/`: its health and its OpenAPI document.

use std::time::{Duration, Instant};

use mysql_async::Pool;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use warp::http::StatusCode;
use warp::{Filter, Rejection, Reply};

use crate::redis::Connection;

/// A dependency that does not answer a probe in this time is down.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// Something a service cannot work without.
#[derive(Clone)]
pub enum Dependency {
    /// The service's own schema.
    MySql(Pool),
    /// The service's own key space.
    Redis(Connection),
}

impl Dependency {
    const fn name(&self) -> &'static str {
        match self {
            Self::MySql(_) => "mysql",
            Self::Redis(_) => "redis",
        }
    }

    /// Whether it answers, and in how many milliseconds.
    async fn probe(&self) -> (bool, u128) {
        let start = Instant::now();
        let answer = async {
            match self {
                Self::MySql(pool) => match pool.get_conn().await {
                    Ok(mut conn) => conn.ping().await.is_ok(),
                    Err(_) => false,
                },
                Self::Redis(connection) => {
                    redis::cmd("PING").query_async::<String>(&mut connection.clone()).await.is_ok()
                }
            }
        };
        let is_up = tokio::time::timeout(PROBE_TIMEOUT, answer).await.unwrap_or(false);
        (is_up, start.elapsed().as_millis())
    }
}

/// `GET /api/v1/<service>/health/live`: the process runs.
/// `GET /api/v1/<service>/health/ready`: its dependencies answer; 503 if one does not.
/// `GET /api/v1/<service>/openapi.json`: the document generated from the code.
pub fn service_resource(
    service: &'static str,
    mut document: OpenApi,
    dependencies: Vec<Dependency>,
) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    document
        .components
        .get_or_insert_default()
        .add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let base = || warp::path!("api" / "v1" / ..).and(warp::path(service));
    let live = base()
        .and(warp::path!("health" / "live"))
        .and(warp::get())
        .map(move || warp::reply::json(&json!({"service": service, "status": "live"})));
    let ready = base()
        .and(warp::path!("health" / "ready"))
        .and(warp::get())
        .then(move || readiness(service, dependencies.clone()));
    let openapi = base()
        .and(warp::path!("openapi.json"))
        .and(warp::get())
        .map(move || warp::reply::json(&document));
    live.or(ready).or(openapi)
}

async fn readiness(service: &'static str, dependencies: Vec<Dependency>) -> impl Reply {
    let mut all_up = true;
    let mut report = serde_json::Map::new();
    for dependency in dependencies {
        let (is_up, milliseconds) = dependency.probe().await;
        all_up &= is_up;
        let entry: Value =
            json!({"up": is_up, "ms": u64::try_from(milliseconds).unwrap_or(u64::MAX)});
        report.insert(dependency.name().to_owned(), entry);
    }
    let status = if all_up { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({
        "service": service,
        "status": if all_up { "ready" } else { "not-ready" },
        "dependencies": report,
    });
    warp::reply::with_status(warp::reply::json(&body), status)
}
