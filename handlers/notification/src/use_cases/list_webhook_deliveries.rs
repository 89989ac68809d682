//! A shop's owner lists what was sent to an endpoint in the last 30 days, or is to be sent.

use serde::Deserialize;
use service::{Error, Id, Json, List, Merchant, Page};
use utoipa::IntoParams;
use values::WebhookEndpointId;

use super::read_webhook_delivery::WebhookDeliveryBody;
use crate::App;
use crate::domain::{DeliveryState, NO_WEBHOOK_ENDPOINT, WebhookDelivery};
use crate::store::{webhook_deliveries, webhook_endpoints};

/// Which deliveries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListWebhookDeliveries {
    /// Those of which this became; if absent all.
    #[param(inline)]
    state: Option<DeliveryState>,
}

pub(crate) async fn list_webhook_deliveries(
    app: App,
    Id(id): Id<WebhookEndpointId>,
    owner: Merchant,
    list: List<ListWebhookDeliveries>,
) -> Result<Json<Page<WebhookDeliveryBody>>, Error> {
    let paging = list.of(format_args!("{} {id}", owner.user_id))?;
    let mut conn = app.database.conn().await?;
    let endpoint = webhook_endpoints::find_endpoint(&mut conn, owner.user_id, id).await?;
    endpoint.ok_or(NO_WEBHOOK_ENDPOINT)?;
    let (before, limit, state) = (paging.before_id(), paging.rows(), list.filter.state);
    let rows = webhook_deliveries::list_deliveries(&mut conn, id, state, before, limit).await?;
    let place = |delivery: &WebhookDelivery| delivery.id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, WebhookDeliveryBody::from)))
}
