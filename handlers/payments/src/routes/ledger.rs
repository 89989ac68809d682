//! `/api/v1/ledger`: for operators. The Functions host lets nobody in without the function's key.

use service::{ProblemBody, with};
use warp::filters::BoxedFilter;
use warp::{Filter, Reply};

use crate::App;
use crate::error::Error;
use crate::use_cases::{self, AuditBody};

pub(super) fn routes(app: &App) -> BoxedFilter<(impl Reply + use<>,)> {
    warp::path!("api" / "v1" / "ledger" / "audit")
        .and(warp::get())
        .and(with(app))
        .then(audit_ledger)
        .boxed()
}

/// Proves that all debits equal all credits and that every balance is the fold of its transfers.
#[utoipa::path(
    get, path = "/api/v1/ledger/audit", params(("x-functions-key" = String, Header)),
    responses(
        (status = 200, body = AuditBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn audit_ledger(app: App) -> Result<impl Reply, Error> {
    Ok(warp::reply::json(&use_cases::audit_ledger(&app).await?))
}
