//! A device renews its tokens.
//!
//! A refresh token is good once. A device that lost the answer, or asked twice, may send it again
//! for a minute and gets the same successor, as long as that was not used itself. When it comes
//! later than that, either a thief sent it or the thief had renewed first: nobody can tell, so the
//! whole session is revoked.

use serde::Deserialize;
use service::database::Tx;
use service::trace::TraceContext;
use service::{Error, Json};
use utoipa::ToSchema;
use values::SessionId;

use super::begin_session::{TokensBody, tokens};
use super::end_sessions::end_sessions;
use crate::domain::{
    EndReason, REFRESH_TOKEN_INVALID, REFRESH_TOKEN_REUSED, RefreshToken, SecurityEvent,
    SecurityEventType, SessionsOf, SuccessorSalt,
};
use crate::store::TokenState;
use crate::{App, store};

/// The refresh token that came with the last answer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshTokens {
    refresh_token: RefreshToken,
}

pub(crate) async fn refresh_tokens(
    app: App,
    trace: TraceContext,
    Json(input): Json<RefreshTokens>,
) -> Result<Json<TokensBody>, Error> {
    let old = input.refresh_token;
    let mut tx = app.database.begin().await?;
    let locked = store::lock_refresh_token(&mut tx, &old).await?.ok_or(REFRESH_TOKEN_INVALID)?;
    let repeated = match locked.state {
        TokenState::Unused => None,
        TokenState::JustUsed(salt) => Some(old.successor(&salt)),
        TokenState::Used => return end(&app, tx, trace, locked.session_id).await,
    };
    if let Some(successor) = &repeated
        && !store::is_unused(&mut tx, successor).await?
    {
        return end(&app, tx, trace, locked.session_id).await;
    }
    let session =
        store::lock_session(&mut tx, locked.session_id).await?.ok_or(REFRESH_TOKEN_INVALID)?;
    let successor = match repeated {
        Some(successor) => successor,
        None => {
            let mut salt = SuccessorSalt::default();
            aws_lc_rs::rand::fill(&mut salt).map_err(Error::internal)?;
            let successor = old.successor(&salt);
            store::use_refresh_token(&mut tx, session.session_id, &old, &salt).await?;
            store::insert_refresh_token(&mut tx, session.session_id, &successor).await?;
            successor
        }
    };
    let tokens = tokens(&app, &session, successor)?;
    tx.commit().await?;
    Ok(Json(tokens))
}

/// Revokes the session whose refresh token may be in other hands.
async fn end<T>(
    app: &App,
    mut tx: Tx,
    trace: TraceContext,
    session_id: SessionId,
) -> Result<T, Error> {
    if let Some(session) = store::lock_session(&mut tx, session_id).await? {
        let event = SecurityEvent {
            kind: SecurityEventType::TokenReused,
            user_id: session.user_id,
            device_id: Some(session.device_id),
        };
        app.trail.record(&mut tx, trace, event).await?;
    }
    let this = SessionsOf::Login(session_id);
    end_sessions(app, &mut tx, trace, this, EndReason::TokenReused).await?;
    app.outbox.commit(tx).await?;
    Err(REFRESH_TOKEN_REUSED.into())
}
