//! A person sees on any device that somebody asked for the account.

use serde::Serialize;
use service::{Caller, Error, INVALID_TOKEN, Json};
use utoipa::ToSchema;
use values::{RecoveryId, Timestamp};

use crate::domain::NO_RECOVERY;
use crate::{App, store};

/// A recovery that can be called off. If there are several, all are, with this one.
#[derive(Serialize, ToSchema)]
pub(crate) struct OpenRecoveryBody {
    recovery_id: RecoveryId,
    asked_at: Timestamp,
    /// From then on, if our staff agree, whoever asked gets the account; until then, and until they
    /// have it, it can be called off.
    ready_at: Timestamp,
}

pub(crate) async fn read_recovery(
    app: App,
    caller: Caller,
) -> Result<Json<OpenRecoveryBody>, Error> {
    let mut conn = app.database.conn().await?;
    store::find_session(&mut conn, caller.session_id).await?.ok_or(INVALID_TOKEN)?;
    let open = store::recoveries::find_open_recovery(&mut conn, caller.user_id).await?;
    let open = open.ok_or(NO_RECOVERY)?;
    let (recovery_id, ready_at) = (open.recovery_id, open.ready_at().into());
    Ok(Json(OpenRecoveryBody { recovery_id, asked_at: open.asked_at.into(), ready_at }))
}
