//! A device renews its tokens.
//!
//! A refresh token is good once. When one comes again, either a thief sent it or the thief had
//! renewed first: nobody can tell, so the whole session is revoked. A device that lost the answer
//! to its own renewal is in the same position: it must not repeat the request but log in again.

use serde::Deserialize;
use service::trace::TraceContext;
use service::{Error, Json};
use utoipa::ToSchema;

use super::begin_session::{TokensBody, issue_tokens};
use super::end_sessions::end_sessions;
use crate::domain::{REFRESH_TOKEN_INVALID, REFRESH_TOKEN_REUSED, RefreshToken, SessionsOf};
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
    if locked.is_used {
        end_sessions(&app, &mut tx, trace, SessionsOf::Login(locked.session_id)).await?;
        app.outbox.commit(tx).await?;
        return Err(REFRESH_TOKEN_REUSED.into());
    }
    let session =
        store::lock_session(&mut tx, locked.session_id).await?.ok_or(REFRESH_TOKEN_INVALID)?;
    store::use_refresh_token(&mut tx, &old).await?;
    let tokens = issue_tokens(&app, &mut tx, &session).await?;
    tx.commit().await?;
    Ok(Json(tokens))
}
