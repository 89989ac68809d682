//! A person reads what happened to the security of their account.

use mysql_async::Conn;
use serde::Serialize;
use service::{Caller, Error, INVALID_TOKEN, Json, List, Page};
use utoipa::ToSchema;
use values::{DeviceId, Language, SecurityEventId, Timestamp, UserId};

use crate::domain::SecurityEventType;
use crate::store::security_events::ListedEvent;
use crate::{App, store};

/// Something that happened to a person's account.
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
    let mut conn = app.database.conn().await?;
    store::find_session(&mut conn, caller.session_id).await?.ok_or(INVALID_TOKEN)?;
    list_events_of(&mut conn, caller.user_id, language, &list).await
}

/// A page of what happened to the person's account.
pub(super) async fn list_events_of(
    conn: &mut Conn,
    user_id: UserId,
    language: Language,
    list: &List,
) -> Result<Json<Page<SecurityEventBody>>, Error> {
    let paging = list.of(format_args!("{user_id} security"))?;
    let rows = store::security_events::list_security_events(conn, user_id, &paging);
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
