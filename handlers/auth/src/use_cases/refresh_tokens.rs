//! A device renews its tokens.
//!
//! It signs for that, so a refresh token is of no use without the key that the device keeps: nobody
//! renews a stolen one, however soon after its owner.
//!
//! A refresh token is good once. A device that lost the answer, or asked twice, may send it again
//! for a minute and gets the same successor, as long as that was not used itself. When it comes
//! later than that, two hold the key, or a backup of the device was put back: the whole session is
//! revoked.
//!
//! A login by passkey has no key that signs renewals. There a refresh token that comes again,
//! however soon, ends the session: nobody can tell a thief from a lost answer, and to log in anew
//! is a touch.

use serde::Deserialize;
use service::database::Tx;
use service::trace::TraceContext;
use service::{Error, Json};
use utoipa::ToSchema;

use super::begin_session::{TokensBody, tokens};
use super::end_sessions::end_sessions;
use crate::domain::{
    DeviceAct, EndReason, REFRESH_TOKEN_INVALID, REFRESH_TOKEN_REUSED, RefreshToken, SecurityEvent,
    SecurityEventType, Session, SessionsOf, SuccessorSalt,
};
use crate::signed_act::SignedAct;
use crate::store::TokenState;
use crate::{App, store};

/// The refresh token that came with the last answer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshTokens {
    refresh_token: RefreshToken,
}

/// What comes after a refresh token.
enum Successor {
    /// One that is made now.
    New,
    /// The one that was made when it came first.
    Same(RefreshToken),
    /// Nothing: it came again too late, or in a login by passkey.
    None,
}

pub(crate) async fn refresh_tokens(
    app: App,
    trace: TraceContext,
    act: SignedAct,
    Json(input): Json<RefreshTokens>,
) -> Result<Json<TokensBody>, Error> {
    let old = input.refresh_token;
    let mut tx = app.database.begin().await?;
    // Tokens before their session, as every renewal locks them.
    let locked = store::lock_refresh_token(&mut tx, &old).await?.ok_or(REFRESH_TOKEN_INVALID)?;
    let successor = match locked.state {
        TokenState::Unused => Successor::New,
        TokenState::JustUsed(salt) => {
            let same = old.successor(&salt);
            let is_unused = store::is_unused(&mut tx, &same).await?;
            if is_unused { Successor::Same(same) } else { Successor::None }
        }
        TokenState::Used => Successor::None,
    };
    let session =
        store::lock_session(&mut tx, locked.session_id).await?.ok_or(REFRESH_TOKEN_INVALID)?;
    let successor = match (&session.device_key, successor) {
        (Some(key), successor) => {
            // It is not spent: whoever sends it again within its minute gets what only this key
            // renews.
            act.require(key, session.device_id, &DeviceAct::RenewTokens(&old))?;
            successor
        }
        (None, Successor::New) => Successor::New,
        (None, _) => Successor::None,
    };
    let successor = match successor {
        Successor::Same(successor) => successor,
        Successor::None => return end(&app, tx, trace, &session).await,
        Successor::New => {
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
async fn end<T>(app: &App, mut tx: Tx, trace: TraceContext, session: &Session) -> Result<T, Error> {
    let event = SecurityEvent {
        kind: SecurityEventType::TokenReused,
        user_id: session.user_id,
        device_id: Some(session.device_id),
    };
    app.trail.record(&mut tx, trace, event).await?;
    let this = SessionsOf::Login(session.session_id);
    end_sessions(app, &mut tx, trace, this, EndReason::TokenReused).await?;
    app.outbox.commit(tx).await?;
    Err(REFRESH_TOKEN_REUSED.into())
}
