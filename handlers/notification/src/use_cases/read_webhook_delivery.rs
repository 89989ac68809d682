//! A shop's owner reads what became of one message.

use serde::Serialize;
use service::{Error, Id, Json, Merchant};
use utoipa::ToSchema;
use values::{Timestamp, WebhookDeliveryId, WebhookEndpointId};

use crate::App;
use crate::domain::{DeliveryState, NO_WEBHOOK_DELIVERY, WebhookDelivery, WebhookMessageType};
use crate::store::webhook_deliveries;

/// A message to an endpoint, and what became of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookDeliveryBody {
    /// Its receiver knows it as `webhook-id`, at each attempt.
    webhook_delivery_id: WebhookDeliveryId,
    webhook_endpoint_id: WebhookEndpointId,
    /// As stored: another version may know types that this one does not.
    #[serde(rename = "type")]
    #[schema(value_type = WebhookMessageType)]
    webhook_type: String,
    /// The body that is sent, as it is signed.
    payload: String,
    state: DeliveryState,
    /// How often it was tried.
    #[schema(value_type = u64, maximum = 4_294_967_295_u32)]
    attempts: u32,
    /// When it is tried next, at the earliest; null unless it is pending.
    next_attempt_at: Option<Timestamp>,
    created_at: Timestamp,
    /// When it was delivered, or tried in vain for the last time; null while it is pending.
    finished_at: Option<Timestamp>,
}

impl From<WebhookDelivery> for WebhookDeliveryBody {
    fn from(delivery: WebhookDelivery) -> Self {
        let is_pending = delivery.state == DeliveryState::Pending;
        Self {
            webhook_delivery_id: delivery.id,
            webhook_endpoint_id: delivery.endpoint_id,
            webhook_type: delivery.webhook_type,
            payload: delivery.payload,
            state: delivery.state,
            attempts: delivery.attempts,
            next_attempt_at: is_pending.then(|| delivery.due_at.into()),
            created_at: delivery.created_at.into(),
            finished_at: delivery.finished_at.map(Timestamp::from),
        }
    }
}

pub(crate) async fn read_webhook_delivery(
    app: App,
    Id(id): Id<WebhookDeliveryId>,
    owner: Merchant,
) -> Result<Json<WebhookDeliveryBody>, Error> {
    let mut conn = app.database.conn().await?;
    let delivery = webhook_deliveries::find_delivery(&mut conn, owner.user_id, id).await?;
    Ok(Json(delivery.ok_or(NO_WEBHOOK_DELIVERY)?.into()))
}
