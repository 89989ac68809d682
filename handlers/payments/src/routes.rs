//! Every URL and trigger of this service, by resource.

mod ledger;
mod payment_requests;
mod payments;
mod triggers;
mod wallets;

use std::convert::Infallible;

use service::{Dependency, Problem, render_rejection, service_resource};
use utoipa::OpenApi;
use values::IdempotencyKey;
use warp::http::StatusCode;
use warp::http::header::CONTENT_TYPE;
use warp::reply::Response;
use warp::{Filter, Rejection, Reply, reject};

use crate::App;
use crate::store::idempotency_keys::Answer;

#[derive(OpenApi)]
#[openapi(
    info(title = "Payments"),
    paths(
        wallets::read_wallet,
        wallets::top_up,
        wallets::list_history,
        wallets::read_shop_balance,
        payment_requests::create_payment_request,
        payment_requests::read_payment_request,
        payment_requests::cancel_payment_request,
        payments::pay,
        payments::read_payment,
        ledger::audit_ledger,
        ledger::read_account,
        ledger::freeze_account,
        ledger::unfreeze_account,
    )
)]
struct Document;

/// All routes.
pub fn routes(app: App) -> impl Filter<Extract = (impl Reply,), Error = Infallible> + Clone {
    let dependencies = vec![Dependency::MySql(app.pool.clone())];
    wallets::routes(&app)
        .or(payment_requests::routes(&app))
        .or(payments::routes(&app))
        .or(ledger::routes(&app))
        .or(triggers::routes(&app))
        .or(service_resource("payments", Document::openapi(), dependencies))
        .recover(render_rejection)
}

/// The client's name for the operation: 400 without one.
fn idempotency_key() -> impl Filter<Extract = (IdempotencyKey,), Error = Rejection> + Clone {
    warp::header::optional::<String>("idempotency-key").and_then(|key: Option<String>| async move {
        let missing = || {
            let detail =
                "An Idempotency-Key header is needed, so that a retry moves no money twice.";
            Problem::bad_request("idempotency-key-missing", detail)
        };
        let key = key.ok_or_else(missing).and_then(|key| {
            let invalid = |error: &dyn ToString| {
                Problem::bad_request("idempotency-key-invalid", error.to_string())
            };
            key.parse().map_err(|error| invalid(&error))
        });
        key.map_err(reject::custom)
    })
}

/// A recorded answer as it was first given.
impl Reply for Answer {
    fn into_response(self) -> Response {
        let Ok(status) = StatusCode::from_u16(self.status) else {
            return Problem::internal(&UnreadableStatus).into_response();
        };
        let body = warp::reply::with_header(self.body, CONTENT_TYPE, "application/json");
        warp::reply::with_status(body, status).into_response()
    }
}

/// A recorded answer has a status that no answer was ever given with.
#[derive(Debug, thiserror::Error)]
#[error("a recorded answer cannot be read")]
struct UnreadableStatus;
