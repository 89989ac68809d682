//! A shop's owner says where its own system is to be told of what happens.

use serde::{Deserialize, Serialize};
use service::database::{self, Tx};
use service::{Error, Json, Keyed, Merchant, Recorded, Resource, find_recorded, once};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{BusinessId, IdempotencyKey, Level, NO_BUSINESS, WebhookEndpointId, unknown};

use super::read_webhook_endpoint::WebhookEndpointBody;
use crate::App;
use crate::domain::{
    ENDPOINTS_PER_BUSINESS_MAX, EndpointStatus, TOO_MANY_WEBHOOK_ENDPOINTS, WantedTypes,
    WebhookEndpoint, WebhookSecret, WebhookUrl,
};
use crate::store::{businesses, webhook_endpoints};

/// How long a repeat is answered, since the answer has the secret.
pub(super) const SECRET_REPLAYED_SECONDS: u32 = 600;
pub(super) const FIRST_SECRET: u32 = 1;

/// What is to be told to whom.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RegisterWebhookEndpoint {
    business_id: BusinessId,
    /// Of a public host, by its name, on port 443.
    url: WebhookUrl,
    /// What the endpoint is told of.
    webhook_types: WantedTypes,
}

/// What makes two registrations the same.
#[derive(Serialize)]
struct Fingerprint<'a> {
    business_id: BusinessId,
    url: &'a str,
    webhook_types: &'a WantedTypes,
}

/// A new endpoint with its first secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewWebhookEndpointBody {
    #[serde(flatten)]
    endpoint: WebhookEndpointBody,
    /// With what each message is signed (Standard Webhooks). It is not shown again.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
}

impl Resource for NewWebhookEndpointBody {
    const LOCATION: &'static str = "/api/v1/webhook-endpoints/{webhook_endpoint_id}";
}

pub(crate) async fn register_webhook_endpoint(
    app: App,
    owner: Merchant,
    key: IdempotencyKey,
    Json(input): Json<RegisterWebhookEndpoint>,
) -> Result<Recorded<NewWebhookEndpointBody>, Error> {
    let RegisterWebhookEndpoint { business_id, url, webhook_types } = input;
    let fingerprint = Fingerprint { business_id, url: url.as_str(), webhook_types: &webhook_types };
    let keyed = Keyed::new(owner.user_id.uuid(), &key, "register_webhook_endpoint", &fingerprint)?
        .replayed_for_seconds(SECRET_REPLAYED_SECONDS);
    // Also of a repeat, which reads the secret: whoever has a login for a moment would be told of
    // all that the shop is paid, for good.
    owner.level.require(Level::Pin)?;
    // Key Vault is asked only for what is new, and as far as can be seen is not refused.
    if let Some(recorded) = find_recorded(&app.database, &keyed).await? {
        return Ok(recorded);
    }
    let mut tx = app.database.begin().await?;
    lock_room(&mut tx, &owner, business_id).await?;
    tx.commit().await?;
    let endpoint = WebhookEndpoint {
        id: WebhookEndpointId::new(),
        business_id,
        url,
        is_of_program: false,
        webhook_types: webhook_types.into_types(),
        status: EndpointStatus::Enabled,
        disabled_reason: None,
        first_failed_at: None,
        created_at: database::now(),
    };
    let secret = WebhookSecret::random().map_err(Error::internal)?;
    let sealed = app.webhook_secrets.seal(endpoint.id, FIRST_SECRET, &secret).await?;
    once(&app.database, &keyed, |tx| insert(tx, &owner, &endpoint, &secret, &sealed)).await
}

async fn insert(
    mut tx: Tx,
    owner: &Merchant,
    endpoint: &WebhookEndpoint,
    secret: &WebhookSecret,
    sealed: &[u8],
) -> Result<(Tx, NewWebhookEndpointBody), Error> {
    lock_room(&mut tx, owner, endpoint.business_id).await?;
    webhook_endpoints::insert_endpoint(&mut tx, endpoint).await?;
    webhook_endpoints::insert_secret(&mut tx, endpoint.id, FIRST_SECRET, sealed).await?;
    let body = NewWebhookEndpointBody { endpoint: endpoint.into(), secret: secret.text() };
    Ok((tx, body))
}

/// Refuses who does not own the business, and one endpoint too many. Holds the business until the
/// transaction ends.
async fn lock_room(tx: &mut Tx, owner: &Merchant, business_id: BusinessId) -> Result<(), Error> {
    let found = businesses::lock_open_business(tx, business_id).await?;
    let Some(found) = found else {
        return Err(unknown(business_id.uuid(), OffsetDateTime::now_utc(), NO_BUSINESS).into());
    };
    if found != owner.user_id {
        return Err(NO_BUSINESS.into());
    }
    let count = webhook_endpoints::count_of_business(tx, business_id).await?;
    if count >= ENDPOINTS_PER_BUSINESS_MAX {
        return Err(TOO_MANY_WEBHOOK_ENDPOINTS.into());
    }
    Ok(())
}
