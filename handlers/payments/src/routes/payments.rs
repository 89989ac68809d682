//! `/api/v1/payments`: paying, and payments that were made.

use service::{Caller, ProblemBody, Scope, caller, json_body, with};
use values::{IdempotencyKey, PaymentId};
use warp::filters::BoxedFilter;
use warp::{Filter, Reply};

use super::idempotency_key;
use crate::App;
use crate::error::Error;
use crate::use_cases::{self, Pay, PaymentBody};

pub(super) fn routes(app: &App) -> BoxedFilter<(impl Reply + use<>,)> {
    let payments = || warp::path!("api" / "v1" / "payments" / ..);
    let pay_route = payments()
        .and(warp::path::end())
        .and(warp::post())
        .and(caller(&app.tokens, Scope::CONSUMER))
        .and(idempotency_key())
        .and(json_body())
        .and(with(app))
        .then(pay);
    let read_route = payments()
        .and(warp::path!(PaymentId))
        .and(warp::get())
        .and(caller(&app.tokens, Scope::EITHER))
        .and(with(app))
        .then(read_payment);
    pay_route.or(read_route).boxed()
}

/// Pays a shop's request from the caller's own wallet.
#[utoipa::path(
    post, path = "/api/v1/payments", security(("bearer" = [])),
    params(("Idempotency-Key" = String, Header)), request_body = Pay,
    responses(
        (status = 201, body = PaymentBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn pay(
    caller: Caller,
    key: IdempotencyKey,
    input: Pay,
    app: App,
) -> Result<impl Reply, Error> {
    use_cases::pay(&app, &caller, &key, input).await
}

/// Reads a payment that the caller made, or that a business of theirs received.
#[utoipa::path(
    get, path = "/api/v1/payments/{payment_id}", security(("bearer" = [])),
    params(("payment_id" = inline(PaymentId), Path)),
    responses(
        (status = 200, body = PaymentBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn read_payment(
    id: PaymentId,
    caller: Caller,
    app: App,
) -> Result<impl Reply, Error> {
    Ok(warp::reply::json(&use_cases::read_payment(&app, caller.user_id, id).await?))
}
