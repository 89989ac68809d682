//! A shop's owner has a message sent to an endpoint that tells of nothing.

use service::database::{self, Tx};
use service::{Error, Id, Keyed, Merchant, Recorded, Resource, once};
use uuid::Uuid;
use values::{IdempotencyKey, WebhookDeliveryId, WebhookEndpointId};

use super::read_webhook_delivery::WebhookDeliveryBody;
use crate::App;
use crate::domain::{
    DeliveryState, EndpointStatus, NO_WEBHOOK_ENDPOINT, TEST_TYPE, TOO_MANY_WEBHOOK_TESTS,
    WAITING_TESTS_MAX, WEBHOOK_ENDPOINT_NOT_ENABLED, WebhookDelivery, test_payload,
};
use crate::store::webhook_deliveries::{self, NewDelivery};
use crate::store::webhook_endpoints;

impl Resource for WebhookDeliveryBody {
    const LOCATION: &'static str = "/api/v1/webhook-deliveries/{webhook_delivery_id}";
}

pub(crate) async fn test_webhook_endpoint(
    app: App,
    Id(id): Id<WebhookEndpointId>,
    owner: Merchant,
    key: IdempotencyKey,
) -> Result<Recorded<WebhookDeliveryBody>, Error> {
    let keyed = Keyed::new(owner.user_id.uuid(), &key, "test_webhook_endpoint", &id)?;
    let sent = once(&app.database, &keyed, |tx| insert(tx, &owner, id)).await?;
    app.webhooks.nudge();
    Ok(sent)
}

async fn insert(
    mut tx: Tx,
    owner: &Merchant,
    endpoint_id: WebhookEndpointId,
) -> Result<(Tx, WebhookDeliveryBody), Error> {
    let endpoint = webhook_endpoints::lock_endpoint(&mut tx, owner.user_id, endpoint_id).await?;
    let endpoint = endpoint.ok_or(NO_WEBHOOK_ENDPOINT)?.require_registered()?;
    if endpoint.status != EndpointStatus::Enabled {
        return Err(WEBHOOK_ENDPOINT_NOT_ENABLED.into());
    }
    let waiting = webhook_deliveries::count_waiting_tests(&mut tx, endpoint_id).await?;
    if waiting >= WAITING_TESTS_MAX {
        return Err(TOO_MANY_WEBHOOK_TESTS.into());
    }
    let (id, now) = (WebhookDeliveryId::new(), database::now());
    let payload = test_payload(endpoint_id, now).map_err(Error::internal)?;
    let event_id = Uuid::now_v7().to_string();
    let new = NewDelivery {
        id,
        endpoint_id,
        event_id: &event_id,
        webhook_type: TEST_TYPE,
        payload: &payload,
        url: None,
    };
    webhook_deliveries::insert_deliveries(&mut tx, &[new]).await?;
    webhook_endpoints::wake_endpoints(&mut tx, &[endpoint_id]).await?;
    webhook_endpoints::end_rest(&mut tx, endpoint_id).await?;
    let delivery = WebhookDelivery {
        id,
        endpoint_id,
        webhook_type: TEST_TYPE.to_owned(),
        payload,
        state: DeliveryState::Pending,
        attempts: 0,
        due_at: now,
        created_at: now,
        finished_at: None,
    };
    Ok((tx, WebhookDeliveryBody::from(delivery)))
}
