//! A shop asks to be paid an amount.

use outbox::Tx;
use serde::{Deserialize, Serialize};
use service::database;
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;
use values::{
    BusinessId, IdempotencyKey, Money, PaymentId, PaymentRequestId, RequestStatus, UserId,
    is_visible,
};

use super::once::{Request, answer, once};
use crate::domain::PaymentRequest;
use crate::error::Error;
use crate::store::idempotency_keys::Answer;
use crate::{App, store};

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
        let is_within_a_day = (1..=86_400).contains(&seconds);
        is_within_a_day.then_some(Self(seconds)).ok_or("a request waits 1 to 86400 seconds")
    }
}

/// The shop's own words for the payer, at most 100 characters.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, max_length = 100, example = "Table 7")]
pub(crate) struct Description(String);

impl TryFrom<String> for Description {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let is_short = text.chars().count() <= 100 && text.chars().all(is_visible);
        is_short.then_some(Self(text)).ok_or("a description has at most 100 visible characters")
    }
}

/// What a shop asks for.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreatePaymentRequest {
    business_id: BusinessId,
    amount: Money,
    #[serde(default)]
    description: Description,
    /// 15 minutes if absent.
    expires_in_seconds: Option<LifetimeSeconds>,
}

/// A payment request, as its shop and its payer see it.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaymentRequestBody {
    payment_request_id: PaymentRequestId,
    business_id: BusinessId,
    shop_name: String,
    amount: Money,
    description: String,
    status: RequestStatus,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    /// The payment that paid it.
    payment_id: Option<PaymentId>,
}

impl PaymentRequestBody {
    /// The request as it stands at `now`.
    pub(crate) fn at(request: PaymentRequest, now: OffsetDateTime) -> Self {
        Self {
            status: request.status_at(now),
            payment_request_id: request.id,
            business_id: request.business_id,
            shop_name: request.shop_name,
            amount: request.amount,
            description: request.description,
            created_at: request.created_at,
            expires_at: request.expires_at,
            payment_id: request.payment_id,
        }
    }
}

pub(crate) async fn create_payment_request(
    app: &App,
    user_id: UserId,
    key: &IdempotencyKey,
    input: &CreatePaymentRequest,
) -> Result<Answer, Error> {
    let request = Request { caller: user_id, key, operation: "create_payment_request", input };
    once(app, request, &(user_id, input), |app, tx, (user_id, input)| {
        Box::pin(insert(app, tx, *user_id, input))
    })
    .await
}

async fn insert(
    app: &App,
    tx: &mut Tx,
    user_id: UserId,
    input: &CreatePaymentRequest,
) -> Result<Answer, Error> {
    let shop = store::read_models::find_shop(tx, input.business_id)
        .await?
        .filter(|shop| shop.owner_user_id == user_id)
        .ok_or(Error::NoBusiness)?;
    let seconds = input.expires_in_seconds.map_or(LIFETIME_SECONDS_DEFAULT, |wanted| wanted.0);
    let now = database::now();
    let request = PaymentRequest {
        id: PaymentRequestId::new(),
        business_id: input.business_id,
        shop_name: shop.shop_name,
        amount: input.amount,
        description: input.description.0.clone(),
        status: RequestStatus::Open,
        created_at: now,
        expires_at: now.saturating_add(Duration::seconds(seconds.into())),
        payment_id: None,
    };
    store::payment_requests::insert_payment_request(tx, &request).await?;
    let created = app.outbox.envelope(request.id.to_string(), &request.created_event())?;
    app.outbox.append(tx, &[created]).await?;
    answer(201, &PaymentRequestBody::at(request, now))
}
