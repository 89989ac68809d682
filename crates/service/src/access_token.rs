//! Who calls: the access tokens that the auth service issues (EdDSA JWTs, RFC 9068), and callers as
//! handlers take them.

use std::ops::Deref;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use values::{DeviceId, Level, Product, SessionId, UserId};
use warp::Filter;
use warp::http::header::HeaderMap;

use crate::api::{Input, InputFilter, Operation, or_reject};
use crate::header::bearer_token;
use crate::refusals::{INVALID_TOKEN, WRONG_PRODUCT};
use crate::{DeviceKey, DeviceKeyError, Problem, TokenVerifier};

/// `iss` of every token.
pub const ISSUER: &str = "payme-auth";
/// `aud` of an access token.
pub const ACCESS_AUDIENCE: &str = "payme-api";
/// How long an access token is valid. No token of ours lasts longer, so one that claims to is not
/// believed.
pub const ACCESS_LIFETIME_SECONDS: u64 = 600;

/// Difference between two servers' clocks that is tolerated, in seconds.
pub(crate) const CLOCK_LEEWAY_SECONDS: u64 = 5;

/// How much later than that a token may expire by our clock, which may be behind auth's.
pub(crate) const EXPIRY_SLACK_SECONDS: u64 = 60;

/// The claims of an access token (RFC 9068, proof key by RFC 7800).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccessClaims {
    /// [`ISSUER`].
    pub iss: String,
    /// [`ACCESS_AUDIENCE`].
    pub aud: String,
    /// The person.
    pub sub: UserId,
    /// The login.
    pub sid: SessionId,
    /// The phone or passkey that logged in.
    pub did: DeviceId,
    /// The product that it opens.
    pub product: Product,
    /// Seconds since the epoch.
    pub iat: u64,
    /// Seconds since the epoch.
    pub exp: u64,
    /// The phone's public key; absent of a login by passkey, which signs no texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
    /// Seconds since the epoch: until then services allow the phone less, since it was added to the
    /// account, or PIN or number were replaced, a short time ago. Absent otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limited_until: Option<u64>,
    /// What the person has shown besides the login (RFC 9470); absent if nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<Level>,
    /// Seconds since the epoch: when they showed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<u64>,
}

/// The proof-of-possession key of a token's holder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Confirmation {
    /// What the device's signatures are checked with.
    pub jwk: DeviceKey,
}

/// A caller of either product, whose token was checked and whose login has not ended.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The person.
    pub user_id: UserId,
    /// The login.
    pub session_id: SessionId,
    /// The phone or passkey that logged in.
    pub device_id: DeviceId,
    /// The product.
    pub product: Product,
    /// What the device's signatures are checked with; a passkey has none.
    pub device_key: Option<DeviceKey>,
    /// Until when the phone is allowed less, since it was added to the account, or PIN or number
    /// were replaced, a short time ago; `None` otherwise, and once that is over.
    pub limited_until: Option<OffsetDateTime>,
    /// What the person has shown, a short time ago if that is more than the login.
    pub level: Level,
    /// When the token ends, in seconds since the epoch.
    pub expires_at: u64,
}

impl Caller {
    /// Whether `signature` is the caller's device's over `message`; never, of a login by passkey.
    ///
    /// # Errors
    /// [`DeviceKeyError::WrongSignature`] and [`DeviceKeyError::MalformedKey`].
    pub fn verify(&self, message: &str, signature: &str) -> Result<(), DeviceKeyError> {
        let key = self.device_key.as_ref().ok_or(DeviceKeyError::WrongSignature)?;
        key.verify(message, signature)
    }
}

/// A caller of PayMe for Consumer.
#[derive(Debug, Clone)]
pub struct Consumer(pub Caller);

/// A caller of PayMe for Business.
#[derive(Debug, Clone)]
pub struct Merchant(pub Caller);

impl Input for Caller {
    fn take(operation: &mut Operation) -> InputFilter<Self> {
        operation.require_token();
        let tokens = operation.tokens();
        warp::header::headers_cloned()
            .and_then(move |headers: HeaderMap| {
                let tokens = tokens.clone();
                async move { or_reject(authenticate(&tokens, &headers).await) }
            })
            .boxed()
    }
}

/// The caller's own access token, with which a handler asks another service in their name. It is
/// taken after the caller, who shows that it is good.
pub struct BearerToken(String);

impl BearerToken {
    /// As it stands in `Authorization`, after the scheme.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Input for BearerToken {
    fn take(operation: &mut Operation) -> InputFilter<Self> {
        operation.require_token();
        warp::header::headers_cloned()
            .and_then(|headers: HeaderMap| async move {
                let token = bearer_token(&headers).map(str::to_owned);
                or_reject(token.map(Self).ok_or(INVALID_TOKEN))
            })
            .boxed()
    }
}

/// Those of `$whole` who may; the others are refused, and the document names whom it takes.
macro_rules! only {
    ($name:ident($whole:ident), $role:expr, $may:expr, $refusal:expr) => {
        impl Input for $name {
            fn take(operation: &mut Operation) -> InputFilter<Self> {
                let whole = $whole::take(operation);
                operation.require_role($role.code());
                whole
                    .and_then(|whole: $whole| async move {
                        let may: fn(&$whole) -> bool = $may;
                        or_reject(if may(&whole) { Ok(Self(whole)) } else { Err($refusal) })
                    })
                    .boxed()
            }
        }

        impl Deref for $name {
            type Target = $whole;

            fn deref(&self) -> &$whole {
                &self.0
            }
        }
    };
}
pub(crate) use only;

only!(Consumer(Caller), Product::Consumer, |of| of.product == Product::Consumer, WRONG_PRODUCT);
only!(Merchant(Caller), Product::Business, |of| of.product == Product::Business, WRONG_PRODUCT);

/// The claims of the request's token, if it is good for this audience and its login, `session_id`
/// of the claims, has not ended.
pub(crate) async fn claims<C: DeserializeOwned>(
    tokens: &TokenVerifier,
    headers: &HeaderMap,
    audience: &str,
    session_id: impl Fn(&C) -> SessionId,
) -> Result<C, Problem> {
    let token = bearer_token(headers).ok_or(INVALID_TOKEN)?;
    let claims: C = tokens.verify(token, audience).await?.ok_or(INVALID_TOKEN)?;
    if tokens.is_revoked(session_id(&claims)).await? {
        return Err(INVALID_TOKEN.into());
    }
    Ok(claims)
}

async fn authenticate(tokens: &TokenVerifier, headers: &HeaderMap) -> Result<Caller, Problem> {
    let claims: AccessClaims =
        claims(tokens, headers, ACCESS_AUDIENCE, |claims: &AccessClaims| claims.sid).await?;
    Ok(Caller {
        user_id: claims.sub,
        session_id: claims.sid,
        device_id: claims.did,
        product: claims.product,
        device_key: claims.cnf.map(|confirmation| confirmation.jwk),
        limited_until: claims.limited_until.and_then(future),
        level: level(claims.acr, claims.auth_time),
        expires_at: claims.exp,
    })
}

/// What a token still shows: after [`Level::AGE_MAX_SECONDS`] no more than the login.
fn level(acr: Option<Level>, auth_time: Option<u64>) -> Level {
    let now = OffsetDateTime::now_utc().unix_timestamp().unsigned_abs();
    let is_recent = auth_time.is_some_and(|at| now.saturating_sub(at) <= Level::AGE_MAX_SECONDS);
    acr.filter(|_| is_recent).unwrap_or(Level::Device)
}

/// The moment, if it has not come yet.
fn future(seconds: u64) -> Option<OffsetDateTime> {
    let moment = OffsetDateTime::from_unix_timestamp(seconds.try_into().ok()?).ok()?;
    (moment > OffsetDateTime::now_utc()).then_some(moment)
}
