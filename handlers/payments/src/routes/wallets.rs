//! `/api/v1/wallets`: balances, top-ups and history.

use service::{Caller, ProblemBody, Scope, caller, json_body, with};
use values::{BusinessId, IdempotencyKey};
use warp::filters::BoxedFilter;
use warp::{Filter, Reply};

use super::idempotency_key;
use crate::App;
use crate::error::Error;
use crate::use_cases::{self, HistoryPage, ListHistory, TopUp, TopUpBody, WalletBody};

pub(super) fn routes(app: &App) -> BoxedFilter<(impl Reply + use<>,)> {
    let own = || warp::path!("api" / "v1" / "wallets" / "me" / ..);
    let consumer = || caller(&app.tokens, Scope::CONSUMER);
    let read_route = own()
        .and(warp::path::end())
        .and(warp::get())
        .and(consumer())
        .and(with(app))
        .then(read_wallet);
    let top_up_route = own()
        .and(warp::path!("top-ups"))
        .and(warp::post())
        .and(consumer())
        .and(idempotency_key())
        .and(json_body())
        .and(with(app))
        .then(top_up);
    let history_route = own()
        .and(warp::path!("history"))
        .and(warp::get())
        .and(consumer())
        .and(warp::query())
        .and(with(app))
        .then(list_history);
    let shop_route = warp::path!("api" / "v1" / "wallets" / "businesses" / BusinessId)
        .and(warp::get())
        .and(caller(&app.tokens, Scope::BUSINESS))
        .and(with(app))
        .then(read_shop_balance);
    read_route.or(top_up_route).or(history_route).or(shop_route).boxed()
}

/// Reads the balance of the caller's own wallet.
#[utoipa::path(
    get, path = "/api/v1/wallets/me", security(("bearer" = [])),
    responses(
        (status = 200, body = WalletBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn read_wallet(caller: Caller, app: App) -> Result<impl Reply, Error> {
    Ok(warp::reply::json(&use_cases::read_wallet(&app, caller.user_id).await?))
}

/// Brings money into the caller's own wallet from the sandbox bank.
#[utoipa::path(
    post, path = "/api/v1/wallets/me/top-ups", security(("bearer" = [])),
    params(("Idempotency-Key" = String, Header)), request_body = TopUp,
    responses(
        (status = 201, body = TopUpBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn top_up(
    caller: Caller,
    key: IdempotencyKey,
    input: TopUp,
    app: App,
) -> Result<impl Reply, Error> {
    use_cases::top_up(&app, caller.user_id, &key, &input).await
}

/// Lists the movements of the caller's own wallet, newest first.
#[utoipa::path(
    get, path = "/api/v1/wallets/me/history", security(("bearer" = [])), params(ListHistory),
    responses(
        (status = 200, body = HistoryPage),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn list_history(caller: Caller, history: ListHistory, app: App) -> Result<impl Reply, Error> {
    Ok(warp::reply::json(&use_cases::list_history(&app, caller.user_id, history).await?))
}

/// Reads the balance of a business that the caller owns.
#[utoipa::path(
    get, path = "/api/v1/wallets/businesses/{business_id}", security(("bearer" = [])),
    params(("business_id" = inline(BusinessId), Path)),
    responses(
        (status = 200, body = WalletBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn read_shop_balance(
    business_id: BusinessId,
    caller: Caller,
    app: App,
) -> Result<impl Reply, Error> {
    let balance = use_cases::read_shop_balance(&app, caller.user_id, business_id).await?;
    Ok(warp::reply::json(&balance))
}
