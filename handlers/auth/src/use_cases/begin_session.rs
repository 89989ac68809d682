//! A session begins, or goes on: the tokens that its device gets.

use outbox::Tx;
use serde::Serialize;
use utoipa::ToSchema;
use values::{DeviceId, UserId};

use crate::domain::{RefreshToken, Session};
use crate::error::Error;
use crate::token_signer::ACCESS_LIFETIME_SECONDS;
use crate::{App, store};

/// What a device works with from now on.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokensBody {
    user_id: UserId,
    device_id: DeviceId,
    /// A JWT for every service.
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// How long the access token is valid.
    #[schema(example = 600)]
    expires_in_seconds: u64,
    /// Good for one renewal within 30 days. A secret of the device.
    refresh_token: RefreshToken,
}

/// Records a new session and gives its first tokens.
pub(crate) async fn begin_session(
    app: &App,
    tx: &mut Tx,
    session: &Session,
) -> Result<TokensBody, Error> {
    store::insert_session(tx, session).await?;
    issue_tokens(app, tx, session).await
}

/// Gives the session's next tokens.
pub(crate) async fn issue_tokens(
    app: &App,
    tx: &mut Tx,
    session: &Session,
) -> Result<TokensBody, Error> {
    let refresh_token = RefreshToken::random()?;
    store::insert_refresh_token(tx, session.session_id, &refresh_token).await?;
    Ok(TokensBody {
        user_id: session.user_id,
        device_id: session.device_id,
        access_token: app.signer.access_token(session)?,
        token_type: "Bearer",
        expires_in_seconds: ACCESS_LIFETIME_SECONDS,
        refresh_token,
    })
}
