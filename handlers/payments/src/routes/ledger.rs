//! `/api/v1/ledger`: for operators. The Functions host lets nobody in without the function's key.

use service::{ProblemBody, json_body, with};
use warp::filters::BoxedFilter;
use warp::{Filter, Reply};

use crate::App;
use crate::domain::{AccountId, FreezeAction};
use crate::error::Error;
use crate::use_cases::{self, AccountBody, AuditBody, FreezeAccount};

pub(super) fn routes(app: &App) -> BoxedFilter<(impl Reply + use<>,)> {
    let ledger = || warp::path!("api" / "v1" / "ledger" / ..);
    let audit_route =
        ledger().and(warp::path!("audit")).and(warp::get()).and(with(app)).then(audit_ledger);
    let read_route = ledger()
        .and(warp::path!("accounts" / AccountId))
        .and(warp::get())
        .and(with(app))
        .then(read_account);
    let freeze_route = ledger()
        .and(warp::path!("accounts" / AccountId / "freeze"))
        .and(warp::post())
        .and(json_body())
        .and(with(app))
        .then(freeze_account);
    let unfreeze_route = ledger()
        .and(warp::path!("accounts" / AccountId / "unfreeze"))
        .and(warp::post())
        .and(json_body())
        .and(with(app))
        .then(unfreeze_account);
    audit_route.or(read_route).or(freeze_route).or(unfreeze_route).boxed()
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

/// Reads what a wallet or a shop holds, whether it is frozen, and what operators did to it.
#[utoipa::path(
    get, path = "/api/v1/ledger/accounts/{account_id}",
    params(
        ("x-functions-key" = String, Header), ("account_id" = inline(AccountId), Path),
    ),
    responses(
        (status = 200, body = AccountBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn read_account(id: AccountId, app: App) -> Result<impl Reply, Error> {
    Ok(warp::reply::json(&use_cases::read_account(&app, id).await?))
}

/// Stops a person's wallet or a shop: once this is answered, no money enters or leaves it.
#[utoipa::path(
    post, path = "/api/v1/ledger/accounts/{account_id}/freeze",
    params(
        ("x-functions-key" = String, Header), ("account_id" = inline(AccountId), Path),
    ),
    request_body = FreezeAccount,
    responses(
        (status = 200, body = AccountBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn freeze_account(
    id: AccountId,
    input: FreezeAccount,
    app: App,
) -> Result<impl Reply, Error> {
    let account = use_cases::freeze_account(&app, id, FreezeAction::Freeze, &input).await?;
    Ok(warp::reply::json(&account))
}

/// Lets a frozen wallet or shop go again.
#[utoipa::path(
    post, path = "/api/v1/ledger/accounts/{account_id}/unfreeze",
    params(
        ("x-functions-key" = String, Header), ("account_id" = inline(AccountId), Path),
    ),
    request_body = FreezeAccount,
    responses(
        (status = 200, body = AccountBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn unfreeze_account(
    id: AccountId,
    input: FreezeAccount,
    app: App,
) -> Result<impl Reply, Error> {
    let account = use_cases::freeze_account(&app, id, FreezeAction::Unfreeze, &input).await?;
    Ok(warp::reply::json(&account))
}
