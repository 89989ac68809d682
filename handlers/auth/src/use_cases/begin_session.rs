//! A session begins, or goes on: the tokens that its device gets.

use serde::Serialize;
use service::database::Tx;
use service::trace::TraceContext;
use service::{ACCESS_LIFETIME_SECONDS, Error, Resource};
use utoipa::ToSchema;
use values::{DeviceId, UserId};

use super::end_sessions::end_sessions;
use crate::domain::{EndReason, RefreshToken, Session, SessionsOf};
use crate::{App, store};

/// How long a lost answer with tokens is given again, and so how long somebody who got hold of a
/// request's bytes could use them.
pub(super) const TOKENS_REPLAYED_SECONDS: u32 = 600;

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
    /// Good for one renewal, within 30 days, and 90 after the log-in. A device signs it with its
    /// key; in a login by passkey the token alone renews. Whoever has it keeps it secret.
    refresh_token: RefreshToken,
}

impl Resource for TokensBody {
    const LOCATION: &'static str = "/api/v1/auth/users/me";
}

/// Records a new session, in place of an earlier one of its product on its device, and issues its
/// first tokens. A device has no use for two: the tokens of the earlier one can only be a copy, as
/// an old backup has them. The caller keeps other log-ins of the device waiting, and nudges
/// `app.outbox` once this is committed.
pub(crate) async fn begin_session(
    app: &App,
    tx: &mut Tx,
    trace: TraceContext,
    mut session: Session,
) -> Result<TokensBody, Error> {
    let of_person = store::limits::find_limited_until(tx, session.user_id).await?;
    session.limited_until = session.limited_until.max(of_person);
    let earlier = SessionsOf::ProductOn(session.device_id, session.product);
    end_sessions(app, tx, trace, earlier, EndReason::Replaced).await?;
    store::insert_session(tx, &session).await?;
    let refresh_token = RefreshToken::random().map_err(Error::internal)?;
    store::insert_refresh_token(tx, session.session_id, &refresh_token).await?;
    tokens(app, &session, refresh_token)
}

/// The session's refresh token with an access token that is issued now.
pub(super) fn tokens(
    app: &App,
    session: &Session,
    refresh_token: RefreshToken,
) -> Result<TokensBody, Error> {
    Ok(TokensBody {
        user_id: session.user_id,
        device_id: session.device_id,
        access_token: app.signer.access_token(session).map_err(Error::internal)?,
        token_type: "Bearer",
        expires_in_seconds: ACCESS_LIFETIME_SECONDS,
        refresh_token,
    })
}
