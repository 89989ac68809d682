//! A shop's owner lists the webhook endpoints of all their businesses.

use service::{Error, Json, List, Merchant, Page};

use super::read_webhook_endpoint::WebhookEndpointBody;
use crate::App;
use crate::domain::WebhookEndpoint;
use crate::store::webhook_endpoints;

pub(crate) async fn list_webhook_endpoints(
    app: App,
    owner: Merchant,
    list: List,
) -> Result<Json<Page<WebhookEndpointBody>>, Error> {
    let paging = list.of(owner.user_id)?;
    let mut conn = app.database.conn().await?;
    let (before, limit) = (paging.before_id(), paging.rows());
    let rows = webhook_endpoints::list_endpoints(&mut conn, owner.user_id, before, limit).await?;
    let place = |endpoint: &WebhookEndpoint| endpoint.id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, |endpoint| WebhookEndpointBody::from(&endpoint))))
}
