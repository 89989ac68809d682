//! A shop's owner replaces an endpoint's secret. The old one signs beside the new one for a day.

use serde::Serialize;
use service::database::Tx;
use service::{Error, Id, Keyed, Merchant, Recorded, Resource, find_recorded, once};
use utoipa::ToSchema;
use values::{IdempotencyKey, Level, WebhookEndpointId};

use super::register_webhook_endpoint::{FIRST_SECRET, SECRET_REPLAYED_SECONDS};
use crate::App;
use crate::domain::{NO_WEBHOOK_ENDPOINT, WebhookSecret};
use crate::store::webhook_endpoints;

/// The new secret of an endpoint.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookSecretBody {
    webhook_endpoint_id: WebhookEndpointId,
    /// It is not shown again. Messages are signed by it from now on; for 24 hours by the one before
    /// it too, as the second signature.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
}

impl Resource for WebhookSecretBody {
    const LOCATION: &'static str = "/api/v1/webhook-endpoints/{webhook_endpoint_id}";
}

pub(crate) async fn rotate_webhook_secret(
    app: App,
    Id(id): Id<WebhookEndpointId>,
    owner: Merchant,
    key: IdempotencyKey,
) -> Result<Recorded<WebhookSecretBody>, Error> {
    let keyed = Keyed::new(owner.user_id.uuid(), &key, "rotate_webhook_secret", &id)?
        .replayed_for_seconds(SECRET_REPLAYED_SECONDS);
    // As for a registration, and of a repeat as well.
    owner.level.require(Level::Pin)?;
    if let Some(recorded) = find_recorded(&app.database, &keyed).await? {
        return Ok(recorded);
    }
    let mut conn = app.database.conn().await?;
    let endpoint = webhook_endpoints::find_endpoint(&mut conn, owner.user_id, id).await?;
    endpoint.ok_or(NO_WEBHOOK_ENDPOINT)?.require_registered()?;
    let number = webhook_endpoints::find_secret_number(&mut conn, id).await?;
    drop(conn);
    let number = number.saturating_add(FIRST_SECRET);
    let secret = WebhookSecret::random().map_err(Error::internal)?;
    let sealed = app.webhook_secrets.seal(id, number, &secret).await?;
    once(&app.database, &keyed, |tx| insert(tx, &owner, id, number, &secret, &sealed)).await
}

/// Of two rotations at once, which would have the same number, the later one is 503.
async fn insert(
    mut tx: Tx,
    owner: &Merchant,
    id: WebhookEndpointId,
    number: u32,
    secret: &WebhookSecret,
    sealed: &[u8],
) -> Result<(Tx, WebhookSecretBody), Error> {
    let endpoint = webhook_endpoints::lock_endpoint(&mut tx, owner.user_id, id).await?;
    endpoint.ok_or(NO_WEBHOOK_ENDPOINT)?.require_registered()?;
    if webhook_endpoints::find_secret_number(&mut tx, id).await? >= number {
        return Err(Error::Unavailable("The secret is being replaced by another request."));
    }
    webhook_endpoints::insert_secret(&mut tx, id, number, sealed).await?;
    Ok((tx, WebhookSecretBody { webhook_endpoint_id: id, secret: secret.text() }))
}
