//! `/api/v1/payment-requests`: what shops ask to be paid.

use service::{Caller, ProblemBody, Scope, caller, json_body, with};
use values::{IdempotencyKey, PaymentRequestId};
use warp::filters::BoxedFilter;
use warp::{Filter, Reply};

use super::idempotency_key;
use crate::App;
use crate::error::Error;
use crate::use_cases::{self, CreatePaymentRequest, PaymentRequestBody};

pub(super) fn routes(app: &App) -> BoxedFilter<(impl Reply + use<>,)> {
    let requests = || warp::path!("api" / "v1" / "payment-requests" / ..);
    let business = || caller(&app.tokens, Scope::BUSINESS);
    let create_route = requests()
        .and(warp::path::end())
        .and(warp::post())
        .and(business())
        .and(idempotency_key())
        .and(json_body())
        .and(with(app))
        .then(create_payment_request);
    let read_route = requests()
        .and(warp::path!(PaymentRequestId))
        .and(warp::get())
        .and(caller(&app.tokens, Scope::EITHER))
        .and(with(app))
        .then(read_payment_request);
    let cancel_route = requests()
        .and(warp::path!(PaymentRequestId / "cancel"))
        .and(warp::post())
        .and(business())
        .and(with(app))
        .then(cancel_payment_request);
    create_route.or(read_route).or(cancel_route).boxed()
}

/// Asks to be paid an amount.
#[utoipa::path(
    post, path = "/api/v1/payment-requests", security(("bearer" = [])),
    params(("Idempotency-Key" = String, Header)), request_body = CreatePaymentRequest,
    responses(
        (status = 201, body = PaymentRequestBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_payment_request(
    caller: Caller,
    key: IdempotencyKey,
    input: CreatePaymentRequest,
    app: App,
) -> Result<impl Reply, Error> {
    use_cases::create_payment_request(&app, caller.user_id, &key, &input).await
}

/// Reads what a request asks for and where it stands.
#[utoipa::path(
    get, path = "/api/v1/payment-requests/{payment_request_id}", security(("bearer" = [])),
    params(("payment_request_id" = inline(PaymentRequestId), Path)),
    responses(
        (status = 200, body = PaymentRequestBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn read_payment_request(
    id: PaymentRequestId,
    _caller: Caller,
    app: App,
) -> Result<impl Reply, Error> {
    Ok(warp::reply::json(&use_cases::read_payment_request(&app, id).await?))
}

/// Takes back a request of a business that the caller owns.
#[utoipa::path(
    post, path = "/api/v1/payment-requests/{payment_request_id}/cancel",
    security(("bearer" = [])), params(("payment_request_id" = inline(PaymentRequestId), Path)),
    responses(
        (status = 200, body = PaymentRequestBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn cancel_payment_request(
    id: PaymentRequestId,
    caller: Caller,
    app: App,
) -> Result<impl Reply, Error> {
    Ok(warp::reply::json(&use_cases::cancel_payment_request(&app, caller.user_id, id).await?))
}
