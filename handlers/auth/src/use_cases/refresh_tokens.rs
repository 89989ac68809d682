//! A device renews its tokens.
//!
//! A refresh token is good once. One that comes again was stolen, or its thief renewed first:
//! nobody can tell, so the whole session is revoked. A device that lost the answer to its own
//! renewal is in the same position: it must not repeat the request but log in again.

use mysql_async::TxOpts;
use serde::Deserialize;
use utoipa::ToSchema;

use super::begin_session::{TokensBody, issue_tokens};
use super::end_sessions::end_sessions;
use crate::domain::{RefreshToken, SessionsOf};
use crate::error::Error;
use crate::{App, store};

/// The refresh token that came with the last answer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshTokens {
    refresh_token: RefreshToken,
}

pub(crate) async fn refresh_tokens(app: &App, input: RefreshTokens) -> Result<TokensBody, Error> {
    let old = input.refresh_token;
    let mut tx = app.pool.start_transaction(TxOpts::default()).await?;
    let locked =
        store::lock_refresh_token(&mut tx, &old).await?.ok_or(Error::RefreshTokenInvalid)?;
    if locked.is_used {
        end_sessions(app, &mut tx, SessionsOf::Login(locked.session_id)).await?;
        app.outbox.commit(tx).await?;
        return Err(Error::RefreshTokenReused);
    }
    let session =
        store::find_session(&mut tx, locked.session_id).await?.ok_or(Error::RefreshTokenInvalid)?;
    store::use_refresh_token(&mut tx, &old).await?;
    let tokens = issue_tokens(app, &mut tx, &session).await?;
    tx.commit().await?;
    Ok(tokens)
}
