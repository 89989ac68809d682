//! A shop's owner lists what was sent to an endpoint in the last 30 days, or is to be sent.

use serde::Deserialize;
use service::{Error, Id, Json, List, Merchant, Page};
use time::{Duration, OffsetDateTime};
use utoipa::IntoParams;
use values::WebhookEndpointId;

use super::forget_old_webhooks::first_id_of;
use super::read_webhook_delivery::WebhookDeliveryBody;
use crate::App;
use crate::domain::{DeliveryState, NO_WEBHOOK_ENDPOINT, WebhookDelivery, WebhookMessageType};
use crate::store::webhook_deliveries::{self, Wanted};
use crate::store::webhook_endpoints;

/// How far the moment of a delivery's id is from when it was kept at most: a transaction lies
/// between them, and the clocks of the instance and of the database differ.
const APART_MAX: Duration = Duration::MINUTE;

/// Which deliveries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListWebhookDeliveries {
    /// Those of which this became; if absent all.
    #[param(inline)]
    state: Option<DeliveryState>,
    /// Those that tell of this; if absent all.
    #[serde(rename = "type")]
    #[param(inline)]
    message_type: Option<WebhookMessageType>,
    /// Those of this moment and later, RFC 3339.
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_from: Option<OffsetDateTime>,
    /// Those of before this moment, RFC 3339.
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_before: Option<OffsetDateTime>,
}

pub(crate) async fn list_webhook_deliveries(
    app: App,
    Id(id): Id<WebhookEndpointId>,
    owner: Merchant,
    list: List<ListWebhookDeliveries>,
) -> Result<Json<Page<WebhookDeliveryBody>>, Error> {
    let ListWebhookDeliveries { state, message_type, created_from, created_before } = list.filter;
    let paging = list.of(format_args!("{} {id}", owner.user_id))?;
    let paging = paging.between(
        created_from.map(|from| first_id_of(from.saturating_sub(APART_MAX))),
        created_before.map(|before| first_id_of(before.saturating_add(APART_MAX))),
    );
    let mut conn = app.database.conn().await?;
    let endpoint = webhook_endpoints::find_endpoint(&mut conn, owner.user_id, id).await?;
    endpoint.ok_or(NO_WEBHOOK_ENDPOINT)?;
    let wanted = Wanted { state, message_type, created_from, created_before };
    let rows = webhook_deliveries::list_deliveries(&mut conn, id, &wanted, &paging).await?;
    let place = |delivery: &WebhookDelivery| delivery.id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, WebhookDeliveryBody::from)))
}
