//! A program asks to be paid by our own API, reads where that stands, and takes it back: the same
//! requests as by PayMe's.

use serde::{Deserialize, Serialize};
use service::database::now;
use service::trace::TraceContext;
use service::{Error, Id, Json, Keyed, Recorded, Resource, SignedBody, SignedRequest};
use utoipa::ToSchema;
use values::{
    CaptureMethod, Description, IdempotencyKey, Money, Note, PaymentId, PaymentRequestId,
    RequestStatus, ReturnUrl, Timestamp,
};

use super::create_merchant_request::{checkout_url, code_url, find_own, take_back};
use super::create_payment_request::LifetimeSeconds;
use crate::domain::operations::CreateRequest;
use crate::domain::{ApiScope, MerchantOrder, PaymentRequest};
use crate::signed_call::{Metered, Program, let_in};
use crate::{App, store};

/// What a program asks for in its shop's name.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateProgramRequest {
    amount: Money,
    /// The shop's own words for the payer.
    #[serde(default)]
    description: Description,
    /// By which the program knows what it asks for; told again, and to nobody else.
    reference: Option<Note>,
    /// Where the page of the request leads once it is paid, with the host shown.
    return_url: Option<ReturnUrl>,
    /// 15 minutes if absent.
    expires_in_seconds: Option<LifetimeSeconds>,
}

/// A payment request, as its shop's programs read it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProgramRequestBody {
    payment_request_id: PaymentRequestId,
    amount: Money,
    /// Null if the shop said nothing.
    #[schema(example = "Order 1042")]
    description: Option<String>,
    /// Null if the program said none, and if no program asked.
    #[schema(example = "web-1042")]
    reference: Option<String>,
    /// Null if the program named none that a page leads to.
    return_url: Option<ReturnUrl>,
    status: RequestStatus,
    created_at: Timestamp,
    expires_at: Timestamp,
    /// The payment that answered it; it may be pending, if the request was made in the app.
    payment_id: Option<PaymentId>,
    /// A page with the code that the payer scans.
    #[schema(example = "https://example.com/api/v1/qr/checkouts/preq_01h455vb4pex5vsknk084sn02q")]
    checkout_url: String,
    /// A picture of that code.
    #[schema(example = "https://example.com/api/v1/qr/payment-requests/preq_….svg")]
    code_url: String,
}

impl Resource for ProgramRequestBody {
    const LOCATION: &'static str = "/api/v1/merchant-api/payment-requests/{payment_request_id}";
}

impl ProgramRequestBody {
    fn of(request: PaymentRequest, order: MerchantOrder, origin: &str) -> Self {
        Self {
            status: request.status_at(now()),
            payment_request_id: request.id,
            amount: request.amount,
            description: Some(request.description).filter(|text| !text.is_empty()),
            reference: order.order_id,
            return_url: order.app_success_callback.and_then(|uri| uri.try_into().ok()),
            created_at: request.created_at.into(),
            expires_at: request.expires_at.into(),
            payment_id: request.payment_id,
            checkout_url: checkout_url(origin, request.id),
            code_url: code_url(origin, request.id),
        }
    }
}

pub(crate) async fn create_program_request(
    app: App,
    key: IdempotencyKey,
    trace: TraceContext,
    signed: SignedBody<CreateProgramRequest>,
) -> Result<Metered<Recorded<ProgramRequestBody>>, Error> {
    let program = let_in(&app, &signed.request, ApiScope::Requests).await?;
    let (input, business_id) = (signed.read()?, program.business_id());
    let keyed = Keyed::new(business_id.uuid(), &key, "create_program_request", &input)?;
    let order = MerchantOrder {
        order_id: input.reference.map(|reference| reference.as_str().to_owned()),
        app_success_callback: input.return_url.as_ref().map(|url| url.as_str().to_owned()),
        ..MerchantOrder::default()
    };
    let create = CreateRequest {
        by: program.owner,
        is_in_person: false,
        business_id,
        amount: input.amount,
        description: input.description.as_str().to_owned(),
        capture_method: CaptureMethod::Automatic,
        tip_allowed: false,
        return_url: input.return_url,
        order: Some(order.clone()),
        notified: None,
        lifetime: LifetimeSeconds::lifetime(input.expires_in_seconds),
    };
    let done = app.group_commit.submit(create, Some(&keyed), trace).await?;
    let body = ProgramRequestBody::of(done.record, order, &program.origin);
    Ok(program.answered(Recorded::of(&body, done.is_repeat)?))
}

pub(crate) async fn read_program_request(
    app: App,
    Id(id): Id<PaymentRequestId>,
    SignedRequest(signed): SignedRequest,
) -> Result<Metered<Json<ProgramRequestBody>>, Error> {
    let program = let_in(&app, &signed, ApiScope::Read).await?;
    let request = find_own(&app, id, program.business_id()).await?;
    shown(&app, &program, request).await
}

/// Twice is the same as once.
pub(crate) async fn cancel_program_request(
    app: App,
    Id(id): Id<PaymentRequestId>,
    trace: TraceContext,
    SignedRequest(signed): SignedRequest,
) -> Result<Metered<Json<ProgramRequestBody>>, Error> {
    let program = let_in(&app, &signed, ApiScope::Requests).await?;
    let request = take_back(&app, id, program.business_id(), program.owner, trace).await?;
    shown(&app, &program, request).await
}

async fn shown(
    app: &App,
    program: &Program,
    request: PaymentRequest,
) -> Result<Metered<Json<ProgramRequestBody>>, Error> {
    let find = store::merchant_orders::find_merchant_order;
    let order = find(&mut app.database.conn().await?, request.id).await?;
    let body = ProgramRequestBody::of(request, order, &program.origin);
    Ok(program.answered(Json(body)))
}
