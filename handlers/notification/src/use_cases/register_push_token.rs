//! The app on a device says where pushes reach it.

use serde::Deserialize;
use service::{Caller, Error, INVALID_TOKEN, Json, NoContent};
use utoipa::ToSchema;

use crate::App;
use crate::domain::{PushPlatform, PushToken};
use crate::store::push_tokens;

/// Where pushes reach the app on this device. To be sent after each log-in, at each start of the
/// app, and whenever the platform gives the app another token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegisterPushToken {
    platform: PushPlatform,
    push_token: PushToken,
}

/// The caller's login was good when the request came. It may end before the token is saved, and
/// then auth's event has found nothing to delete; so the login is looked at once more, under a
/// lock that `forget_push_token` takes too: whichever comes second sees the other.
pub(crate) async fn register_push_token(
    app: App,
    caller: Caller,
    Json(input): Json<RegisterPushToken>,
) -> Result<NoContent, Error> {
    let mut tx = app.database.begin().await?;
    if push_tokens::lock_session(&mut tx, caller.session_id).await? {
        return Err(INVALID_TOKEN.into());
    }
    push_tokens::save_push_token(&mut tx, &caller, input.platform, &input.push_token).await?;
    tx.commit().await?;
    Ok(NoContent)
}
