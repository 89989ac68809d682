//! A shop's owner has an endpoint told nothing for a while, or again.

use service::{Error, Id, Merchant, NoContent};
use values::{Level, WebhookEndpointId};

use crate::App;
use crate::domain::{EndpointStatus, NO_WEBHOOK_ENDPOINT};
use crate::store::webhook_endpoints;

/// What happens meanwhile is kept, and sent once it is enabled.
pub(crate) async fn pause_webhook_endpoint(
    app: App,
    Id(id): Id<WebhookEndpointId>,
    owner: Merchant,
) -> Result<NoContent, Error> {
    // As for a deletion.
    owner.level.require(Level::Pin)?;
    change(&app, &owner, id, EndpointStatus::Paused).await
}

/// Also one that was disabled, which begins anew. What waits for it is sent.
pub(crate) async fn enable_webhook_endpoint(
    app: App,
    Id(id): Id<WebhookEndpointId>,
    owner: Merchant,
) -> Result<NoContent, Error> {
    let done = change(&app, &owner, id, EndpointStatus::Enabled).await?;
    app.webhooks.nudge();
    Ok(done)
}

async fn change(
    app: &App,
    owner: &Merchant,
    id: WebhookEndpointId,
    status: EndpointStatus,
) -> Result<NoContent, Error> {
    let mut tx = app.database.begin().await?;
    let endpoint = webhook_endpoints::lock_endpoint(&mut tx, owner.user_id, id).await?;
    let endpoint = endpoint.ok_or(NO_WEBHOOK_ENDPOINT)?;
    if endpoint.status != status {
        webhook_endpoints::update_status(&mut tx, id, status).await?;
        webhook_endpoints::end_rest(&mut tx, id).await?;
        tx.commit().await?;
    }
    Ok(NoContent)
}
