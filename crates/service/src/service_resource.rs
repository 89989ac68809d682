//! What every service answers under `/api/v1/<service>/`: its health and its OpenAPI document.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use mysql_async::prelude::Queryable;
use serde_json::{Value, json};
use warp::filters::BoxedFilter;
use warp::http::StatusCode;
use warp::http::header::CONTENT_TYPE;
use warp::reply::Response;
use warp::{Filter, Reply};

use crate::database::Database;
use crate::redis::Connection;

/// A dependency that does not answer a probe in this time is down.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);
/// The segment after the service's name in the paths of its health.
const HEALTH: &str = "health";

/// Something a service cannot work without.
#[derive(Clone)]
pub enum Dependency {
    /// The service's own schema.
    MySql(Database),
    /// The service's own key space.
    Redis(Connection),
    /// Something else, by its name and by what tells whether it is there.
    Other(&'static str, Probe),
}

/// Tells whether a dependency is there.
pub type Probe = Arc<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>;

impl Dependency {
    const fn name(&self) -> &'static str {
        match self {
            Self::MySql(_) => "mysql",
            Self::Redis(_) => "redis",
            Self::Other(name, _) => name,
        }
    }

    /// Whether it answers, and in how many milliseconds.
    async fn probe(&self) -> (bool, u128) {
        let start = Instant::now();
        let answer = async {
            match self {
                Self::MySql(database) => match database.conn().await {
                    Ok(mut conn) => conn.ping().await.is_ok(),
                    Err(_) => false,
                },
                Self::Redis(connection) => {
                    redis::cmd("PING").query_async::<String>(&mut connection.clone()).await.is_ok()
                }
                Self::Other(_, probe) => probe().await,
            }
        };
        let is_up = tokio::time::timeout(PROBE_TIMEOUT, answer).await.unwrap_or(false);
        (is_up, start.elapsed().as_millis())
    }
}

/// Whether `/api/v1/<service>/…` is a path of the service's health.
pub(crate) fn is_health(path: &str) -> bool {
    path.split('/').nth(4) == Some(HEALTH)
}

/// Each path and what answers there:
/// `GET /api/v1/<service>/health/live`: the process runs.
/// `GET /api/v1/<service>/health/ready`: its dependencies answer; 503 if one does not.
/// `GET /api/v1/<service>/openapi.json`: the document.
pub(crate) fn filters(
    service: &'static str,
    dependencies: Vec<Dependency>,
    document: impl FnOnce() -> Value + Send + 'static,
) -> [(String, BoxedFilter<(Response,)>); 3] {
    let base = format!("/api/v1/{service}");
    let live = move || json!({"service": service, "status": "live"});
    let dependencies: Arc<[Dependency]> = dependencies.into();
    let ready = warp::any().then(move || {
        let dependencies = Arc::clone(&dependencies);
        async move { readiness(service, &dependencies).await.into_response() }
    });
    [
        (format!("{base}/{HEALTH}/live"), text(live)),
        (format!("{base}/{HEALTH}/ready"), ready.boxed()),
        (format!("{base}/openapi.json"), text(document)),
    ]
}

/// The same JSON for everybody, written once somebody asks: a starting instance has payments to
/// make, and few ever read the document.
fn text(json: impl FnOnce() -> Value + Send + 'static) -> BoxedFilter<(Response,)> {
    let text = Arc::new(LazyLock::new(move || json().to_string()));
    let json = |text: String| warp::reply::with_header(text, CONTENT_TYPE, "application/json");
    warp::any().map(move || json(text.to_string()).into_response()).boxed()
}

async fn readiness(service: &str, dependencies: &[Dependency]) -> impl Reply + use<> {
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
