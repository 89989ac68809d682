//! A program asks to be paid, reads where that stands, and takes it back. It is a payment request
//! like any other.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use service::database::now;
use service::trace::TraceContext;
use service::{Error, Keyed, WholeRequest};
use time::{Duration, OffsetDateTime};
use values::{
    BusinessId, CaptureMethod, Description, Money, NO_PAYMENT_REQUEST, Note, PaymentId,
    PaymentRequestId, ReturnUrl, UserId,
};
use warp::http::StatusCode;
use warp::reply::Response;

use crate::config::Bank;
use crate::domain::operations::{CancelRequest, CreateRequest};
use crate::domain::{
    ApiScope, MagicAmount, MerchantOrder, Operation, PAID, PaymentRequest, merchant_status,
    read_decimal,
};
use crate::merchant_call::{Complaint, MerchantAnswer, MerchantCall, answer_signed};
use crate::{App, store};

/// How long a request waits if the program does not say.
const LIFETIME_SECONDS_DEFAULT: u32 = 600;
/// The longest address that is kept.
const URI_BYTES_MAX: usize = 1024;

/// What a program asks for. Clients write numbers as numbers or in quotation marks.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    total_amount: Box<RawValue>,
    currency_code: String,
    effective_duration: Option<Box<RawValue>>,
    notification_uri: Option<String>,
    app_success_callback: Option<String>,
    app_fail_callback: Option<String>,
    merchant_data: Option<MerchantData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MerchantData {
    order_id: Option<Box<RawValue>>,
    order_description: Option<String>,
}

/// A request as a program reads it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MerchantRequest {
    payment_request_id: PaymentRequestId,
    total_amount: Box<RawValue>,
    currency_code: &'static str,
    status_code: &'static str,
    status_description: &'static str,
    #[serde(with = "time::serde::rfc3339")]
    created_time: OffsetDateTime,
    /// Seconds.
    effective_duration: i64,
    /// A page with the code that the payer scans.
    web_link: String,
    /// A picture of that code.
    app_link: String,
    #[serde(flatten)]
    order: MerchantOrder,
    transactions: Vec<MerchantTransaction>,
}

/// A payment as a program reads it: what the shop has received.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MerchantTransaction {
    transaction_id: PaymentId,
    payment_request_id: Option<PaymentRequestId>,
    order_id: Option<String>,
    amount: Box<RawValue>,
    currency_code: &'static str,
    refunded_amount: Box<RawValue>,
    #[serde(with = "time::serde::rfc3339")]
    transaction_time: OffsetDateTime,
}

impl MerchantTransaction {
    /// None while no money has moved.
    pub(super) fn of(payment: &Operation, order_id: Option<String>) -> Result<Option<Self>, Error> {
        let Some(moved) = payment.moved else { return Ok(None) };
        Ok(Some(Self {
            transaction_id: payment.payment_id(),
            payment_request_id: payment.payment_request_id(),
            order_id,
            amount: number(moved.decimal())?,
            currency_code: moved.currency().code(),
            refunded_amount: match Money::hkd(payment.refunded) {
                Ok(refunded) => number(refunded.decimal())?,
                Err(_nothing) => number("0.00".to_owned())?,
            },
            transaction_time: payment.ended_at.unwrap_or(payment.created_at),
        }))
    }
}

/// A number in JSON with the digits that it was given.
pub(super) fn number(decimal: String) -> Result<Box<RawValue>, Error> {
    RawValue::from_string(decimal).map_err(Error::internal)
}

/// What stands there, without the quotation marks.
pub(super) fn plain(value: &RawValue) -> &str {
    let text = value.get();
    text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text)
}

/// The amount of a body, in the one currency that there is.
pub(super) fn amount(decimal: &RawValue, currency: &str) -> Result<Money, Complaint> {
    if currency != "HKD" {
        return Err(Complaint::malformed("currencyCode is HKD."));
    }
    let expected = || Complaint::malformed("An amount has dollars and at most two decimals.");
    read_decimal(plain(decimal)).ok_or_else(expected)
}

pub(crate) async fn create_merchant_request(app: App, request: WholeRequest) -> Response {
    answer_signed(app, request, ApiScope::Requests, create).await
}

pub(crate) async fn read_merchant_request(app: App, request: WholeRequest) -> Response {
    answer_signed(app, request, ApiScope::Read, read).await
}

pub(crate) async fn cancel_merchant_request(app: App, request: WholeRequest) -> Response {
    answer_signed(app, request, ApiScope::Requests, cancel).await
}

async fn create(app: App, call: MerchantCall) -> Result<MerchantAnswer, Complaint> {
    let wanted: Wanted = serde_json::from_slice(&call.body).map_err(Complaint::malformed)?;
    let amount = amount(&wanted.total_amount, &wanted.currency_code)?;
    let seconds = match &wanted.effective_duration {
        None => Some(LIFETIME_SECONDS_DEFAULT),
        Some(seconds) => plain(seconds).parse().ok(),
    };
    let lifetime = seconds.map(|seconds| Duration::seconds(seconds.into()));
    let is_allowed = |time: &Duration| time.is_positive() && *time <= PaymentRequest::LIFETIME_MAX;
    let lifetime = lifetime.filter(is_allowed);
    let lifetime =
        lifetime.ok_or_else(|| Complaint::malformed("effectiveDuration is 1 to 86400."))?;
    let (order, description) = order(wanted)?;

    let magic = magic(&app, amount);
    if magic == Some(MagicAmount::CannotBeMade) {
        return Err(Complaint::of_sandbox());
    }
    let is_short = magic == Some(MagicAmount::Expires);
    let lifetime = if is_short { lifetime.min(Duration::SECOND) } else { lifetime };

    let business_id = call.credential.business_id;
    let input = (amount, lifetime.whole_seconds(), &order, description.as_str());
    let keyed = Keyed::new(business_id.uuid(), &call.key, "create_merchant_request", &input)?;
    let create = CreateRequest {
        by: call.owner,
        is_in_person: false,
        business_id,
        amount,
        description: description.as_str().to_owned(),
        capture_method: CaptureMethod::Automatic,
        tip_allowed: false,
        return_url: order.app_success_callback.as_deref().and_then(page),
        order: Some(order),
        notified: Some(call.credential.client_id),
        lifetime,
    };
    let mut request = app.group_commit.submit(create, Some(&keyed), call.trace).await?.record;
    if magic == Some(MagicAmount::Fails) {
        request = take_back(&app, request.id, business_id, call.owner, call.trace).await?;
    }
    MerchantAnswer::new(StatusCode::CREATED, &shown(&app, request, &call.origin).await?)
}

async fn read(app: App, call: MerchantCall) -> Result<MerchantAnswer, Complaint> {
    let (id, business_id) = (read_request_id(&call)?, call.credential.business_id);
    let request = find_own(&app, id, business_id).await?;
    if magic(&app, request.amount) == Some(MagicAmount::CannotBeRead) {
        return Err(Complaint::of_sandbox());
    }
    MerchantAnswer::new(StatusCode::OK, &shown(&app, request, &call.origin).await?)
}

async fn cancel(app: App, call: MerchantCall) -> Result<MerchantAnswer, Complaint> {
    let id = read_request_id(&call)?;
    let business_id = call.credential.business_id;
    let asked = find_own(&app, id, business_id).await?;
    if magic(&app, asked.amount) == Some(MagicAmount::CannotBeCancelled) {
        return Err(PAID.into());
    }
    let request = take_back(&app, id, business_id, call.owner, call.trace).await?;
    MerchantAnswer::new(StatusCode::OK, &shown(&app, request, &call.origin).await?)
}

fn read_request_id(call: &MerchantCall) -> Result<PaymentRequestId, Complaint> {
    Ok(call.id.parse().map_err(|_| NO_PAYMENT_REQUEST)?)
}

/// The request with this id, if the program's business made it.
pub(super) async fn find_own(
    app: &App,
    id: PaymentRequestId,
    business_id: BusinessId,
) -> Result<PaymentRequest, Error> {
    let find = store::payment_requests::find_payment_request;
    let found = find(&mut app.database.conn().await?, id).await?;
    let own = found.filter(|request| request.business_id == business_id);
    Ok(own.ok_or(NO_PAYMENT_REQUEST)?)
}

/// The same, cancelled.
pub(super) async fn take_back(
    app: &App,
    id: PaymentRequestId,
    business_id: BusinessId,
    by: UserId,
    trace: TraceContext,
) -> Result<PaymentRequest, Error> {
    let id = find_own(app, id, business_id).await?.id;
    let cancel = CancelRequest { id, business_id, by };
    Ok(app.group_commit.submit(cancel, None, trace).await?.record)
}

/// A page with the code that the payer scans.
pub(super) fn checkout_url(origin: &str, id: PaymentRequestId) -> String {
    format!("{origin}/api/v1/qr/checkouts/{id}")
}

/// A picture of that code.
pub(super) fn code_url(origin: &str, id: PaymentRequestId) -> String {
    format!("{origin}/api/v1/qr/payment-requests/{id}.svg")
}

async fn shown(
    app: &App,
    request: PaymentRequest,
    origin: &str,
) -> Result<MerchantRequest, Complaint> {
    let mut conn = app.database.conn().await?;
    let order = store::merchant_orders::find_merchant_order(&mut conn, request.id).await?;
    let payment = match request.payment_id {
        Some(id) => store::operations::find_operation(&mut conn, id.uuid()).await?,
        None => None,
    };
    let transactions = payment
        .iter()
        .filter_map(|payment| MerchantTransaction::of(payment, order.order_id.clone()).transpose())
        .collect::<Result<_, _>>()?;
    let state = payment.as_ref().map(|payment| payment.state);
    let (status_code, status_description) = merchant_status(request.status_at(now()), state);
    Ok(MerchantRequest {
        payment_request_id: request.id,
        total_amount: number(request.amount.decimal())?,
        currency_code: request.amount.currency().code(),
        status_code,
        status_description,
        created_time: request.created_at,
        effective_duration: request
            .expires_at
            .unix_timestamp()
            .saturating_sub(request.created_at.unix_timestamp()),
        web_link: checkout_url(origin, request.id),
        app_link: code_url(origin, request.id),
        order,
        transactions,
    })
}

/// Where everybody who has the link of a request may be led. Whoever wrote for another platform may
/// have put a secret behind the path, and nobody reads it on a page of ours. An app's own scheme is
/// told again, and no page leads there.
fn page(uri: &str) -> Option<ReturnUrl> {
    uri.split(['?', '#']).next()?.to_owned().try_into().ok()
}

/// Only where no money is real.
fn magic(app: &App, amount: Money) -> Option<MagicAmount> {
    MagicAmount::of(amount).filter(|_| app.bank == Bank::Sandbox)
}

/// What is kept of an order, and what its payer reads.
fn order(wanted: Wanted) -> Result<(MerchantOrder, Description), Complaint> {
    let uri = |uri: Option<String>| match uri {
        Some(uri) if uri.len() > URI_BYTES_MAX || !uri.bytes().all(|it| it.is_ascii_graphic()) => {
            Err(Complaint::malformed("An address has at most 1,024 visible ASCII characters."))
        }
        other => Ok(other.filter(|uri| !uri.is_empty())),
    };
    let illegible = |_| Complaint::malformed("orderId and orderDescription are legible, 1 to 100.");
    let (order_id, description) = match wanted.merchant_data {
        None => (None, None),
        Some(MerchantData { order_id, order_description }) => (order_id, order_description),
    };
    let note = |text: String| Note::try_from(text).map_err(illegible);
    let order_id = match order_id {
        None => None,
        Some(raw) => match serde_json::from_str(raw.get()) {
            Ok(text) => Some(note(text)?),
            Err(_no_text) => Some(note(raw.get().to_owned())?),
        },
    };
    let order_id = order_id.map(|note| note.as_str().to_owned());
    let shown = description.filter(|text| !text.is_empty()).or_else(|| order_id.clone());
    let description = Description::try_from(shown.unwrap_or_default()).map_err(illegible)?;
    let order = MerchantOrder {
        order_id,
        notification_uri: uri(wanted.notification_uri)?,
        app_success_callback: uri(wanted.app_success_callback)?,
        app_fail_callback: uri(wanted.app_fail_callback)?,
    };
    Ok((order, description))
}
