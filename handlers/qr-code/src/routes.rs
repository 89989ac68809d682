//! Every URL and trigger of this service.

use std::convert::Infallible;
use std::str::FromStr;

use service::{
    Caller, Dependency, Problem, ProblemBody, Scope, caller, event_batch, invocation_done,
    json_body, render_rejection, service_resource, with,
};
use utoipa::OpenApi;
use values::{BusinessId, PaymentRequestId};
use warp::filters::BoxedFilter;
use warp::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use warp::{Filter, Reply};

use crate::App;
use crate::domain::{Format, draw};
use crate::error::Error;
use crate::use_cases::{self, ScanBody, ScanCode};

const ON_PAYMENTS: &str = "qr_code_on_payments";
const ON_BUSINESS_PROFILE: &str = "qr_code_on_business_profile";
/// What a payment request asks for never changes; its code is of no use after a day.
const DYNAMIC_CODE_CACHE: &str = "private, max-age=86400, immutable";
/// A shop that has changed its name sees it in its code soon.
const STATIC_CODE_CACHE: &str = "private, max-age=60";

#[derive(OpenApi)]
#[openapi(info(title = "QR code"), paths(encode_payment_request, encode_shop, scan_code))]
struct Document;

/// All routes.
pub fn routes(app: App) -> impl Filter<Extract = (impl Reply,), Error = Infallible> + Clone {
    let dependencies = vec![Dependency::MySql(app.pool.clone())];
    code_routes(&app)
        .or(trigger_routes(&app))
        .or(service_resource("qr-code", Document::openapi(), dependencies))
        .recover(render_rejection)
}

fn code_routes(app: &App) -> BoxedFilter<(impl Reply + use<>,)> {
    let caller = |scopes| caller(&app.tokens, scopes);
    let payment_request = warp::path!("api" / "v1" / "qr" / "payment-requests" / ..)
        .and(warp::path::param())
        .and(warp::path::end())
        .and(warp::get())
        .and(caller(Scope::EITHER))
        .and(with(app))
        .then(encode_payment_request);
    let shop = warp::path!("api" / "v1" / "qr" / "businesses" / ..)
        .and(warp::path::param())
        .and(warp::path::end())
        .and(warp::get())
        .and(caller(Scope::EITHER))
        .and(with(app))
        .then(encode_shop);
    let scan = warp::path!("api" / "v1" / "qr" / "scans")
        .and(warp::post())
        .and(caller(Scope::CONSUMER))
        .and(json_body())
        .and(with(app))
        .then(scan_code);
    payment_request.or(shop).or(scan).boxed()
}

fn trigger_routes(app: &App) -> BoxedFilter<(impl Reply + use<>,)> {
    let on_payments = event_batch(ON_PAYMENTS).and(with(app)).then(on_payments);
    let on_business_profile =
        event_batch(ON_BUSINESS_PROFILE).and(with(app)).then(on_business_profile);
    on_payments.or(on_business_profile).boxed()
}

/// The last segment of a code's URL: `<id>.<format>`.
struct CodeFile<T> {
    id: T,
    format: Format,
}

impl<T: FromStr> FromStr for CodeFile<T> {
    type Err = ();

    fn from_str(segment: &str) -> Result<Self, ()> {
        let (id, extension) = segment.rsplit_once('.').ok_or(())?;
        let format = Format::from_extension(extension).ok_or(())?;
        Ok(Self { id: id.parse().map_err(|_| ())?, format })
    }
}

/// The code that a shop shows for one payment request.
#[utoipa::path(
    get, path = "/api/v1/qr/payment-requests/{payment_request_id}.{format}",
    security(("bearer" = [])),
    params(
        ("payment_request_id" = inline(PaymentRequestId), Path),
        ("format" = inline(Format), Path),
    ),
    responses(
        (status = 200, content(
            ("image/png"), (String = "image/svg+xml"), (String = "text/plain"),
        )),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn encode_payment_request(
    file: CodeFile<PaymentRequestId>,
    _caller: Caller,
    app: App,
) -> Result<impl Reply, Error> {
    let payload = use_cases::encode_payment_request(&app, file.id).await?;
    drawing(&payload, file.format, DYNAMIC_CODE_CACHE)
}

/// The code of a shop, to which the payer adds the amount.
#[utoipa::path(
    get, path = "/api/v1/qr/businesses/{business_id}.{format}", security(("bearer" = [])),
    params(("business_id" = inline(BusinessId), Path), ("format" = inline(Format), Path)),
    responses(
        (status = 200, content(
            ("image/png"), (String = "image/svg+xml"), (String = "text/plain"),
        )),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn encode_shop(
    file: CodeFile<BusinessId>,
    _caller: Caller,
    app: App,
) -> Result<impl Reply, Error> {
    let payload = use_cases::encode_shop(&app, file.id).await?;
    drawing(&payload, file.format, STATIC_CODE_CACHE)
}

fn drawing(
    payload: &str,
    format: Format,
    cache: &'static str,
) -> Result<impl Reply + use<>, Error> {
    let file = warp::reply::with_header(draw(payload, format)?, CACHE_CONTROL, cache);
    Ok(warp::reply::with_header(file, CONTENT_TYPE, format.content_type()))
}

/// Tells what a scanned code stands for.
#[utoipa::path(
    post, path = "/api/v1/qr/scans", security(("bearer" = [])), request_body = ScanCode,
    responses(
        (status = 200, body = ScanBody),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn scan_code(_caller: Caller, input: ScanCode, app: App) -> Result<impl Reply, Error> {
    Ok(warp::reply::json(&use_cases::scan_code(&app, input).await?))
}

async fn on_payments(batch: Vec<String>, app: App) -> Result<impl Reply, Problem> {
    outbox::consume(&app.pool, ON_PAYMENTS, batch, &(), |(), tx, event| {
        Box::pin(use_cases::follow_payment_request(tx, event))
    })
    .await?;
    Ok(invocation_done())
}

async fn on_business_profile(batch: Vec<String>, app: App) -> Result<impl Reply, Problem> {
    outbox::consume(&app.pool, ON_BUSINESS_PROFILE, batch, &(), |(), tx, event| {
        Box::pin(use_cases::follow_shop(tx, event))
    })
    .await?;
    Ok(invocation_done())
}
