//! A shop's owner has a message sent again, under its own id: a receiver that has it knows it.

use service::{Error, Id, Merchant, NoContent};
use values::WebhookDeliveryId;

use crate::App;
use crate::domain::{
    EndpointStatus, NO_WEBHOOK_DELIVERY, REDELIVERIES_MAX, WEBHOOK_ENDPOINT_NOT_ENABLED,
    WEBHOOK_REDELIVERIES_THROTTLED,
};
use crate::store::{webhook_deliveries, webhook_endpoints};

pub(crate) async fn redeliver_webhook(
    app: App,
    Id(id): Id<WebhookDeliveryId>,
    owner: Merchant,
) -> Result<NoContent, Error> {
    let mut tx = app.database.begin().await?;
    let delivery = webhook_deliveries::find_delivery(&mut tx, owner.user_id, id).await?;
    let endpoint_id = delivery.ok_or(NO_WEBHOOK_DELIVERY)?.endpoint_id;
    let endpoint = webhook_endpoints::lock_endpoint(&mut tx, owner.user_id, endpoint_id).await?;
    if endpoint.ok_or(NO_WEBHOOK_DELIVERY)?.status != EndpointStatus::Enabled {
        return Err(WEBHOOK_ENDPOINT_NOT_ENABLED.into());
    }
    let (redeliveries, seconds) = webhook_endpoints::count_redelivery(&mut tx, endpoint_id).await?;
    if redeliveries > REDELIVERIES_MAX {
        return Err(WEBHOOK_REDELIVERIES_THROTTLED.for_seconds(seconds).into());
    }
    webhook_deliveries::send_again(&mut tx, id).await?;
    webhook_endpoints::wake_endpoints(&mut tx, &[endpoint_id]).await?;
    webhook_endpoints::end_rest(&mut tx, endpoint_id).await?;
    tx.commit().await?;
    app.webhooks.nudge();
    Ok(NoContent)
}
