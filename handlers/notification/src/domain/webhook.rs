//! Endpoints of shops, and what is sent to them.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use values::{BusinessId, Refusal, WebhookDeliveryId, WebhookEndpointId, code_enum};

use super::program_request::ProgramRequest;
use super::refusals::WEBHOOK_ENDPOINT_OF_PROGRAM;
use super::webhook_url::WebhookUrl;

/// Endpoints of one business.
pub(crate) const ENDPOINTS_PER_BUSINESS_MAX: u64 = 5;
/// Test messages of an endpoint that wait to be sent.
pub(crate) const WAITING_TESTS_MAX: u64 = 10;
/// Messages of an endpoint that its owner has sent again in an hour: each costs attempts for days.
pub(crate) const REDELIVERIES_MAX: u32 = 60;
/// How long an old secret signs beside its successor.
pub(crate) const OLD_SECRET_HOURS: u32 = 24;
/// After so long with nothing but failures an endpoint is sent nothing more.
pub(crate) const FAILING_HOURS_MAX: u32 = 72;

code_enum! {
    /// What a webhook tells of.
    pub(crate) enum WebhookType {
        /// Nobody has paid a request, and nobody can any more: it was cancelled, or is overdue.
        PaymentRequestClosed = "payment-request-closed",
        /// A payer has paid; of a payment that was authorised, the shop has captured it.
        PaymentCompleted = "payment-completed",
        /// A payer's money is held, which the shop may capture.
        PaymentAuthorised = "payment-authorised",
        /// What was held is the payer's again: the shop let go of it, or its time was over.
        PaymentReleased = "payment-released",
        /// The shop has given a payment back, or a part of it.
        RefundCompleted = "refund-completed",
        /// A payer disputes a payment, or such a dispute stands otherwise than before.
        DisputeChanged = "dispute-changed",
    }
}

code_enum! {
    /// Whether an endpoint is sent what happens.
    pub(crate) enum EndpointStatus {
        /// It is.
        Enabled = "enabled",
        /// Its owner paused it: what happens is kept for it.
        Paused = "paused",
        /// It failed for good: what happens is not kept for it.
        Disabled = "disabled",
    }
}

code_enum! {
    /// Why an endpoint was disabled.
    pub(crate) enum DisabledReason {
        /// It answered 410.
        Gone = "gone",
        /// It did nothing but fail for three days.
        Failing = "failing",
    }
}

code_enum! {
    /// What became of a delivery.
    pub(crate) enum DeliveryState {
        /// It is to be sent, or sent again.
        Pending = "pending",
        /// The endpoint has it.
        Delivered = "delivered",
        /// It is not tried any more, unless its owner sends it again.
        Failed = "failed",
    }
}

code_enum! {
    /// What an attempt came to.
    pub(crate) enum AttemptOutcome {
        /// The answer was a success.
        Delivered = "delivered",
        /// The answer was another status.
        Refused = "refused",
        /// The answer leads elsewhere, where we do not go.
        Redirected = "redirected",
        /// The answer was 410: the endpoint wants nothing more.
        Gone = "gone",
        /// The connection broke before the answer was whole.
        Broken = "broken",
        /// There was no whole answer in time.
        TimedOut = "timed-out",
        /// No connection: no such name, nobody there, or no certificate to trust.
        Unreachable = "unreachable",
        /// The name leads to no public address.
        NotPublic = "not-public",
    }
}

code_enum! {
    /// Among whom an endpoint waits for its turn.
    pub(crate) enum Lane {
        /// Those who last answered soon and well.
        Quick = "quick",
        /// All others, so that they hold up nobody else. New ones too.
        Slow = "slow",
    }
}

/// What a test message says it is; nobody can leave it out.
pub(crate) const TEST_TYPE: &str = "test";

/// What a message can tell of: one of the types that an endpoint can want, or `test`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct WebhookMessageType(
    /// None is a test.
    Option<WebhookType>,
);

impl WebhookMessageType {
    pub(crate) fn code(self) -> &'static str {
        self.0.map_or(TEST_TYPE, WebhookType::code)
    }
}

impl TryFrom<String> for WebhookMessageType {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wanted = WebhookType::from_code(&text);
        let is_known = wanted.is_some() || text == TEST_TYPE;
        is_known.then_some(Self(wanted)).ok_or("a type of messages is expected, or `test`")
    }
}

impl PartialSchema for WebhookMessageType {
    fn schema() -> RefOr<Schema> {
        let codes = WebhookType::ALL.iter().map(|wanted| wanted.code());
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("What a message tells of: what an endpoint can want, or `test`."))
            .enum_values(Some(codes.chain([TEST_TYPE])))
            .into()
    }
}

impl ToSchema for WebhookMessageType {}

/// An endpoint, as its owner knows it.
pub(crate) struct WebhookEndpoint {
    pub(crate) id: WebhookEndpointId,
    pub(crate) business_id: BusinessId,
    /// Of a program's requests, what one of them named.
    pub(crate) url: WebhookUrl,
    /// Whether programs' requests name where its messages go, and nobody registered it.
    pub(crate) is_of_program: bool,
    pub(crate) webhook_types: Vec<WebhookType>,
    pub(crate) status: EndpointStatus,
    pub(crate) disabled_reason: Option<DisabledReason>,
    pub(crate) first_failed_at: Option<OffsetDateTime>,
    pub(crate) created_at: OffsetDateTime,
}

impl WebhookEndpoint {
    /// Whether its owner made it, and may do with it what needs that.
    pub(crate) fn require_registered(self) -> Result<Self, Refusal> {
        if self.is_of_program { Err(WEBHOOK_ENDPOINT_OF_PROGRAM) } else { Ok(self) }
    }
}

/// Who is told.
pub(crate) enum WebhookReader {
    /// Whichever endpoints of the business want the type.
    Registered,
    /// The program that asked to be told of the end of this request.
    Program(Box<ProgramRequest>),
}

/// Something that happened to a business, as its endpoints are told.
pub(crate) struct WebhookMessage {
    pub(crate) business_id: BusinessId,
    pub(crate) reader: WebhookReader,
    pub(crate) event_id: String,
    pub(crate) webhook_type: WebhookType,
    pub(crate) payload: String,
}

impl WebhookMessage {
    /// Whether it is to be sent there.
    pub(crate) fn is_for(&self, endpoint: &WebhookEndpoint) -> bool {
        match &self.reader {
            WebhookReader::Registered => {
                !endpoint.is_of_program
                    && endpoint.business_id == self.business_id
                    && endpoint.webhook_types.contains(&self.webhook_type)
            }
            WebhookReader::Program(request) => endpoint.id == request.endpoint_id(),
        }
    }

    /// Where it goes, if the endpoint does not say.
    pub(crate) fn url(&self) -> Option<&WebhookUrl> {
        match &self.reader {
            WebhookReader::Registered => None,
            WebhookReader::Program(request) => Some(&request.url),
        }
    }
}

/// A delivery, as its owner knows it.
pub(crate) struct WebhookDelivery {
    pub(crate) id: WebhookDeliveryId,
    pub(crate) endpoint_id: WebhookEndpointId,
    pub(crate) webhook_type: String,
    pub(crate) payload: String,
    pub(crate) state: DeliveryState,
    pub(crate) attempts: u32,
    pub(crate) due_at: OffsetDateTime,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) finished_at: Option<OffsetDateTime>,
}

/// One try of a delivery.
pub(crate) struct WebhookAttempt {
    pub(crate) number: u32,
    pub(crate) outcome: AttemptOutcome,
    pub(crate) status_code: Option<u16>,
    pub(crate) duration_ms: u32,
    pub(crate) attempted_at: OffsetDateTime,
}

/// The types that an endpoint wants, each once.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "Vec<WebhookType>")]
#[schema(value_type = Vec<WebhookType>, min_items = 1, max_items = 5)]
pub(crate) struct WantedTypes(Vec<WebhookType>);

/// A list that says nothing, or something twice.
#[derive(Debug, thiserror::Error)]
#[error("at least one type is expected, and each once")]
pub(crate) struct WantedTypesError;

impl WantedTypes {
    pub(crate) fn into_types(self) -> Vec<WebhookType> {
        self.0
    }
}

impl TryFrom<Vec<WebhookType>> for WantedTypes {
    type Error = WantedTypesError;

    fn try_from(mut types: Vec<WebhookType>) -> Result<Self, WantedTypesError> {
        let given = types.len();
        types.sort_unstable();
        types.dedup();
        if types.is_empty() || types.len() != given {
            return Err(WantedTypesError);
        }
        Ok(Self(types))
    }
}
