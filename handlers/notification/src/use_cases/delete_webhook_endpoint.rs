//! A shop's owner has an endpoint told nothing more, for good.

use service::{Error, Id, Merchant, NoContent};
use values::{Level, WebhookEndpointId};

use crate::App;
use crate::domain::NO_WEBHOOK_ENDPOINT;
use crate::store::webhook_endpoints;

pub(crate) async fn delete_webhook_endpoint(
    app: App,
    Id(id): Id<WebhookEndpointId>,
    owner: Merchant,
) -> Result<NoContent, Error> {
    // Or who has a login for a moment hides from the shop what happens to its money.
    owner.level.require(Level::Pin)?;
    let mut tx = app.database.begin().await?;
    let endpoint = webhook_endpoints::lock_endpoint(&mut tx, owner.user_id, id).await?;
    let endpoint = endpoint.ok_or(NO_WEBHOOK_ENDPOINT)?.require_registered()?;
    webhook_endpoints::delete_endpoint(&mut tx, endpoint.id).await?;
    tx.commit().await?;
    Ok(NoContent)
}
