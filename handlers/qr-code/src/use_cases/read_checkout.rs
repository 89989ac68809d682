//! Somebody opens the link of a payment request, which the shop has sent or shows on its own site.

use serde::{Deserialize, Serialize};
use service::database::now;
use service::{Answer, Error, Id, Json, Operation, Query};
use utoipa::{IntoParams, ToSchema};
use values::{
    Language, NO_BUSINESS, NO_PAYMENT_REQUEST, PaymentRequestId, RequestStatus, Timestamp, unknown,
};
use warp::Reply;
use warp::http::StatusCode;
use warp::http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, HeaderValue};
use warp::reply::Response;

use super::wait_for_event::wait_for_event;
use crate::domain::{Format, PaymentRequest, Shop, checkout_page, draw, payment_request_code};
use crate::{App, store};

/// How the page is read. What others add to links that are shared is passed over.
#[derive(Deserialize, IntoParams)]
pub(crate) struct ReadCheckout {
    /// The language of the page, rather than what `Accept-Language` wants.
    #[param(inline)]
    language: Option<Language>,
}

/// Where the request stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct CheckoutStatusBody {
    status: RequestStatus,
    expires_at: Timestamp,
}

/// The page, in a language.
pub(crate) struct CheckoutPage {
    page: String,
    language: Language,
}

impl Answer for CheckoutPage {
    fn describe(operation: &mut Operation) {
        operation.answer(StatusCode::OK, serde_json::json!({}));
        operation.answer_text_too(StatusCode::OK, "text/html");
    }

    fn into_response(self) -> Response {
        let mut response = self.page.into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(self.language.code()));
        response
    }
}

/// Whoever has the link may look: its id cannot be guessed, and it names no payer.
pub(crate) async fn read_checkout(
    app: App,
    Id(id): Id<PaymentRequestId>,
    header: Language,
    Query(query): Query<ReadCheckout>,
) -> Result<CheckoutPage, Error> {
    let language = query.language.unwrap_or(header);
    let request = find_request(&app, id).await?;
    let drawing = match request.status_at(now()) {
        RequestStatus::Open => draw_code(&app, &request).await?,
        RequestStatus::Paid | RequestStatus::Cancelled | RequestStatus::Expired => String::new(),
    };
    Ok(CheckoutPage { page: checkout_page(&request, &drawing, language, now()), language })
}

pub(crate) async fn read_checkout_status(
    app: App,
    Id(id): Id<PaymentRequestId>,
) -> Result<Json<CheckoutStatusBody>, Error> {
    let request = find_request(&app, id).await?;
    let status = request.status_at(now());
    Ok(Json(CheckoutStatusBody { status, expires_at: request.expires_at.into() }))
}

/// A link is often opened before the event of its request is here.
async fn find_request(app: &App, id: PaymentRequestId) -> Result<PaymentRequest, Error> {
    let found = wait_for_event(id.uuid(), || async {
        Ok(store::find_payment_request(&mut app.database.conn().await?, id).await?)
    });
    Ok(found.await?.ok_or_else(|| unknown(id.uuid(), now(), NO_PAYMENT_REQUEST))?)
}

/// As an element of a page.
async fn draw_code(app: &App, request: &PaymentRequest) -> Result<String, Error> {
    let business_id = request.business_id;
    let found = wait_for_event(request.id.uuid(), || async {
        Ok(store::find_shop(&mut app.database.conn().await?, business_id).await?)
    });
    let shop = found.await?.and_then(Shop::open).ok_or(NO_BUSINESS)?;
    let payload =
        payment_request_code(request, &shop, &app.signing_key).map_err(Error::internal)?;
    let document = String::from_utf8(draw(&payload, Format::Svg).map_err(Error::internal)?)
        .map_err(Error::internal)?;
    let element = document.find("<svg").and_then(|begin| document.get(begin..));
    Ok(element.unwrap_or_default().to_owned())
}
