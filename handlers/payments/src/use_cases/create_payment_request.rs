//! A shop asks to be paid an amount.

use serde::{Deserialize, Serialize};
use service::database::now;
use service::trace::TraceContext;
use service::{Error, INVALID_BODY, Json, Keyed, Merchant, Recorded, Resource, Written};
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;
use values::{
    BusinessId, CaptureMethod, Description, IdempotencyKey, Money, PaymentId, PaymentRequestId,
    RequestStatus, Timestamp, UserId,
};

use crate::App;
use crate::domain::PaymentRequest;
use crate::domain::operations::CreateRequest;

/// How long a request waits if the shop does not say.
const LIFETIME_SECONDS_DEFAULT: u32 = 15 * 60;

/// A number of seconds from 1 to a day.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "u32")]
#[schema(value_type = u32, minimum = 1, maximum = 86_400, example = 900)]
pub(crate) struct LifetimeSeconds(u32);

impl TryFrom<u32> for LifetimeSeconds {
    type Error = &'static str;

    fn try_from(seconds: u32) -> Result<Self, &'static str> {
        let is_open_for_a_while = Duration::seconds(seconds.into()) <= PaymentRequest::LIFETIME_MAX;
        let is_allowed = seconds > 0 && is_open_for_a_while;
        is_allowed.then_some(Self(seconds)).ok_or("a request waits 1 to 86400 seconds")
    }
}

impl LifetimeSeconds {
    /// How long a request waits, also if nobody said.
    pub(super) fn lifetime(wanted: Option<Self>) -> Duration {
        Duration::seconds(wanted.map_or(LIFETIME_SECONDS_DEFAULT, |wanted| wanted.0).into())
    }
}

/// What a shop asks for.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreatePaymentRequest {
    business_id: BusinessId,
    amount: Money,
    /// The shop's own words for the payer.
    #[serde(default)]
    description: Description,
    /// 15 minutes if absent.
    expires_in_seconds: Option<LifetimeSeconds>,
    /// Automatic if absent. With `manual` the payment is `pending` until the shop captures it.
    // In the fingerprint of a key only if it is manual, as before there was such a field.
    #[serde(skip_serializing_if = "is_automatic")]
    capture_method: Option<CaptureMethod>,
    /// Whether the payer may give more, as a tip; false if absent. Its code asks for one then. Not
    /// with `manual`: a tip is given at once.
    // In the fingerprint of a key only if it is true, as before there was such a field.
    #[serde(default, skip_serializing_if = "is_false")]
    tip_allowed: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// Whether the payer's money goes to the shop at once.
fn is_automatic(method: &Option<CaptureMethod>) -> bool {
    *method != Some(CaptureMethod::Manual)
}

/// A payment request, as its shop and its payer see it.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaymentRequestBody {
    payment_request_id: PaymentRequestId,
    business_id: BusinessId,
    #[schema(example = "永記茶餐廳")]
    shop_name: String,
    amount: Money,
    /// Null if the shop said nothing.
    #[schema(example = "Table 7")]
    description: Option<String>,
    /// When it is `manual`, payers agree to at most this amount.
    capture_method: CaptureMethod,
    /// Whether the payer may give more than the amount: a payment's amount is this one and its tip.
    tip_allowed: bool,
    status: RequestStatus,
    created_at: Timestamp,
    expires_at: Timestamp,
    /// The payment that answered it. Where `capture_method` is `manual`, read it: it may be
    /// pending, or have ended without money.
    payment_id: Option<PaymentId>,
    /// Who asked in the shop's name; null to all but the shop, and if a program did.
    created_by: Option<UserId>,
}

impl Resource for PaymentRequestBody {
    const LOCATION: &'static str = "/api/v1/payment-requests/{payment_request_id}";
}

impl PaymentRequestBody {
    /// The same for its payer, to whom the shop is one.
    pub(crate) fn for_payer(self) -> Self {
        Self { created_by: None, ..self }
    }

    /// The same for somebody who only has its id, and who may not know what came of it.
    pub(crate) fn for_strangers(self) -> Self {
        let of_payer = self.for_payer();
        if of_payer.status == RequestStatus::Open {
            return of_payer;
        }
        Self { payment_id: None, description: None, ..of_payer }
    }

    /// The request as it stands at `now`.
    pub(crate) fn at(request: PaymentRequest, now: OffsetDateTime) -> Self {
        Self {
            status: request.status_at(now),
            payment_request_id: request.id,
            business_id: request.business_id,
            shop_name: request.shop_name,
            amount: request.amount,
            description: Some(request.description).filter(|text| !text.is_empty()),
            capture_method: request.capture_method,
            tip_allowed: request.tip_allowed,
            created_at: request.created_at.into(),
            expires_at: request.expires_at.into(),
            payment_id: request.payment_id,
            created_by: request.created_by,
        }
    }
}

pub(crate) async fn create_payment_request(
    app: App,
    member: Merchant,
    key: IdempotencyKey,
    trace: TraceContext,
    Json(input): Json<CreatePaymentRequest>,
) -> Result<Written<Recorded<PaymentRequestBody>>, Error> {
    if input.tip_allowed && !is_automatic(&input.capture_method) {
        return Err(INVALID_BODY.because("a tip is not for what is captured later").into());
    }
    let keyed = Keyed::new(member.user_id.uuid(), &key, "create_payment_request", &input)?;
    let create = CreateRequest {
        by: member.user_id,
        is_in_person: true,
        business_id: input.business_id,
        amount: input.amount,
        description: input.description.as_str().to_owned(),
        capture_method: input.capture_method.unwrap_or(CaptureMethod::Automatic),
        tip_allowed: input.tip_allowed,
        return_url: None,
        order: None,
        notified: None,
        lifetime: LifetimeSeconds::lifetime(input.expires_in_seconds),
    };
    let done = app.group_commit.submit(create, Some(&keyed), trace).await?;
    let answer = Recorded::of(&PaymentRequestBody::at(done.record, now()), done.is_repeat)?;
    Ok(Written { answer, position: done.position })
}
