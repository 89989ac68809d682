//! A person reads what happened to the security of their account.

use serde::Serialize;
use service::{Caller, Error, INVALID_TOKEN, Json, List, Page};
use utoipa::ToSchema;
use values::{DeviceId, Language, SecurityEventId, Timestamp};

use crate::domain::SecurityEventType;
use crate::store::security_events::ListedEvent;
use crate::{App, store};

/// Something that happened to the caller's account.
#[derive(Serialize, ToSchema)]
pub(crate) struct SecurityEventBody {
    security_event_id: SecurityEventId,
    #[serde(rename = "type")]
    event_type: SecurityEventType,
    /// What to show the customer, in the language of `Accept-Language`, also under a type that the
    /// app does not know.
    #[schema(example = "Logged in on a new device.")]
    message: &'static str,
    /// Which it was done on or to; null where it is not one.
    device_id: Option<DeviceId>,
    /// As that is called now.
    device_name: Option<String>,
    occurred_at: Timestamp,
}

pub(crate) async fn list_security_events(
    app: App,
    caller: Caller,
    language: Language,
    list: List,
) -> Result<Json<Page<SecurityEventBody>>, Error> {
    let paging = list.of(format_args!("{} security", caller.user_id))?;
    let mut conn = app.database.conn().await?;
    store::find_session(&mut conn, caller.session_id).await?.ok_or(INVALID_TOKEN)?;
    let rows = store::security_events::list_security_events(&mut conn, caller.user_id, &paging);
    let place = |event: &ListedEvent| event.security_event_id.uuid().as_u128();
    Ok(Json(paging.page(rows.await?, place, |event| SecurityEventBody {
        security_event_id: event.security_event_id,
        event_type: event.kind,
        message: event.kind.message().in_language(language),
        device_id: event.device_id,
        device_name: event.device_name,
        occurred_at: event.occurred_at.into(),
    })))
}
