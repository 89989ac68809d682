//! A shop's owner sees why a message does not arrive.

use serde::Serialize;
use service::{Error, Id, Json, List, Merchant, Page};
use utoipa::ToSchema;
use values::{Timestamp, WebhookDeliveryId};

use crate::App;
use crate::domain::{AttemptOutcome, NO_WEBHOOK_DELIVERY, WebhookAttempt};
use crate::store::webhook_deliveries;

/// One try of a delivery.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookAttemptBody {
    /// Counts the attempts from 1.
    #[schema(value_type = u64, maximum = 4_294_967_295_u32)]
    number: u32,
    outcome: AttemptOutcome,
    /// Of the answer; null if there was none.
    #[schema(value_type = Option<u64>, minimum = 100, maximum = 999)]
    status_code: Option<u16>,
    /// From the look-up of the name to the end of the answer, to the millisecond.
    #[schema(minimum = 0, example = 0.042)]
    duration_seconds: f64,
    attempted_at: Timestamp,
}

impl From<WebhookAttempt> for WebhookAttemptBody {
    fn from(attempt: WebhookAttempt) -> Self {
        let WebhookAttempt { number, outcome, status_code, duration_ms, attempted_at } = attempt;
        Self {
            number,
            outcome,
            status_code,
            duration_seconds: f64::from(duration_ms) / 1_000.0,
            attempted_at: attempted_at.into(),
        }
    }
}

pub(crate) async fn list_webhook_attempts(
    app: App,
    Id(id): Id<WebhookDeliveryId>,
    owner: Merchant,
    list: List,
) -> Result<Json<Page<WebhookAttemptBody>>, Error> {
    let paging = list.of(format_args!("{} {id}", owner.user_id))?;
    let mut conn = app.database.conn().await?;
    let delivery = webhook_deliveries::find_delivery(&mut conn, owner.user_id, id).await?;
    delivery.ok_or(NO_WEBHOOK_DELIVERY)?;
    let (before, limit) = (paging.before_number(), paging.rows());
    let rows = webhook_deliveries::list_attempts(&mut conn, id, before, limit).await?;
    let place = |attempt: &WebhookAttempt| attempt.number.into();
    Ok(Json(paging.page(rows, place, WebhookAttemptBody::from)))
}
