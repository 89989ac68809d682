//! A shop's owner reads one of its webhook endpoints.

use serde::Serialize;
use service::{Error, Id, Json, Merchant};
use utoipa::ToSchema;
use values::{BusinessId, Timestamp, WebhookEndpointId};

use crate::App;
use crate::domain::{
    DisabledReason, EndpointStatus, NO_WEBHOOK_ENDPOINT, WebhookEndpoint, WebhookType,
};
use crate::store::webhook_endpoints;

/// Where a business is told of what happens.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookEndpointBody {
    webhook_endpoint_id: WebhookEndpointId,
    business_id: BusinessId,
    #[schema(example = "https://shop.example/hooks/payments")]
    url: String,
    /// Whether a shop's program named the address, in a request by the merchant API, and its key
    /// signs what is sent there; `url` is then what its first request named.
    is_of_program: bool,
    webhook_types: Vec<WebhookType>,
    status: EndpointStatus,
    /// Null unless it is disabled.
    disabled_reason: Option<DisabledReason>,
    /// When an attempt failed since which none has succeeded; null while there is none.
    first_failed_at: Option<Timestamp>,
    created_at: Timestamp,
}

impl From<&WebhookEndpoint> for WebhookEndpointBody {
    fn from(endpoint: &WebhookEndpoint) -> Self {
        Self {
            webhook_endpoint_id: endpoint.id,
            business_id: endpoint.business_id,
            url: endpoint.url.as_str().to_owned(),
            is_of_program: endpoint.is_of_program,
            webhook_types: endpoint.webhook_types.clone(),
            status: endpoint.status,
            disabled_reason: endpoint.disabled_reason,
            first_failed_at: endpoint.first_failed_at.map(Timestamp::from),
            created_at: endpoint.created_at.into(),
        }
    }
}

pub(crate) async fn read_webhook_endpoint(
    app: App,
    Id(id): Id<WebhookEndpointId>,
    owner: Merchant,
) -> Result<Json<WebhookEndpointBody>, Error> {
    let mut conn = app.database.conn().await?;
    let endpoint = webhook_endpoints::find_endpoint(&mut conn, owner.user_id, id).await?;
    Ok(Json(WebhookEndpointBody::from(&endpoint.ok_or(NO_WEBHOOK_ENDPOINT)?)))
}
