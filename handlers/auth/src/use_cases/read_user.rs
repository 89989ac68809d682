//! A person reads what they registered with. The phone number is kept here only: no other service
//! has it.

use serde::Serialize;
use service::{Caller, Error, INVALID_TOKEN, Json};
use utoipa::ToSchema;
use values::{Phone, Timestamp, UserId};

use crate::store::contacts;
use crate::{App, store};

/// A person as they registered.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserBody {
    user_id: UserId,
    phone: Phone,
    registered_at: Timestamp,
    /// Whether others find the person by the phone.
    is_findable_by_phone: bool,
}

pub(crate) async fn read_user(app: App, caller: Caller) -> Result<Json<UserBody>, Error> {
    let mut conn = app.database.conn().await?;
    store::find_session(&mut conn, caller.session_id).await?.ok_or(INVALID_TOKEN)?;
    let registration = store::users::find_registration(&mut conn, caller.user_id).await?;
    let registration = registration.ok_or(INVALID_TOKEN)?;
    let is_findable = contacts::is_findable(&mut conn, caller.user_id).await?;
    drop(conn);
    Ok(Json(UserBody {
        user_id: caller.user_id,
        phone: app.phone_vault.open(caller.user_id, &registration).await?,
        registered_at: registration.registered_at.into(),
        is_findable_by_phone: is_findable.ok_or(INVALID_TOKEN)?,
    }))
}
