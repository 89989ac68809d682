//! Somebody opens the link of a payment request, which the shop has sent or shows on its own site.

use serde::{Deserialize, Serialize};
use service::database::now;
use service::{Answer, Error, Id, Json, Operation, Query};
use utoipa::{IntoParams, ToSchema};
use values::{Language, PaymentRequestId, RequestStatus, Timestamp};
use warp::Reply;
use warp::http::StatusCode;
use warp::http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, HeaderValue};
use warp::reply::Response;

use super::encode_payment_request::{code_of, find_with_shop};
use crate::App;
use crate::domain::{Format, checkout_page, draw};

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
    let (request, shop) = find_with_shop(&app, id).await?;
    let logo_id = shop.logo_id;
    let drawing = match request.status_at(now()) {
        RequestStatus::Open => element_of(&code_of(&app, &request, shop)?)?,
        RequestStatus::Paid | RequestStatus::Cancelled | RequestStatus::Expired => String::new(),
    };
    let page = checkout_page(&request, &drawing, logo_id, language, now());
    Ok(CheckoutPage { page, language })
}

pub(crate) async fn read_checkout_status(
    app: App,
    Id(id): Id<PaymentRequestId>,
) -> Result<Json<CheckoutStatusBody>, Error> {
    let (request, _) = find_with_shop(&app, id).await?;
    let status = request.status_at(now());
    Ok(Json(CheckoutStatusBody { status, expires_at: request.expires_at.into() }))
}

/// The drawing of a code, as an element of a page.
fn element_of(payload: &str) -> Result<String, Error> {
    let document = draw(payload, Format::Svg).map_err(Error::internal)?;
    let document = String::from_utf8(document).map_err(Error::internal)?;
    let element = document.find("<svg").and_then(|begin| document.get(begin..));
    Ok(element.unwrap_or_default().to_owned())
}
