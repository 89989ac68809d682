//! Who calls: access tokens (EdDSA JWTs of the auth service), checked against its published keys.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, RwLock};
use values::{DeviceId, SessionId, UserId};
use warp::http::StatusCode;
use warp::http::header::{HeaderValue, WWW_AUTHENTICATE};
use warp::{Filter, Rejection, reject};

use crate::{ConfigError, DeviceKey, Problem, causes, trace};

/// `iss` of every token.
pub const ISSUER: &str = "payme-auth";
/// `aud` of an access token.
pub const ACCESS_AUDIENCE: &str = "payme-api";
/// Difference between two servers' clocks that is tolerated, in seconds.
const CLOCK_LEEWAY_SECONDS: u64 = 5;
/// The published keys are fetched again for an unknown key id, but not more often than this.
const KEYS_REFRESH_INTERVAL: Duration = Duration::from_secs(1);
/// Fetched keys are trusted for this long; a key that was taken back is refused after it.
const KEYS_AGE_MAX: Duration = Duration::from_secs(600);
/// How long to wait for the auth service's answer.
const KEYS_TIMEOUT: Duration = Duration::from_secs(3);

/// Which product a token was issued for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// PayMe for Consumer.
    Consumer,
    /// PayMe for Business.
    Business,
}

impl Scope {
    /// What only PayMe for Consumer may call.
    pub const CONSUMER: &'static [Self] = &[Self::Consumer];
    /// What only PayMe for Business may call.
    pub const BUSINESS: &'static [Self] = &[Self::Business];
    /// What both products may call.
    pub const EITHER: &'static [Self] = &[Self::Consumer, Self::Business];

    /// As stored, sent and signed.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Consumer => "consumer",
            Self::Business => "business",
        }
    }

    /// The product that is stored as this text.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::EITHER.iter().copied().find(|scope| scope.tag() == tag)
    }
}

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
    /// The phone.
    pub did: DeviceId,
    /// The product.
    pub scope: Scope,
    /// Seconds since the epoch.
    pub iat: u64,
    /// Seconds since the epoch.
    pub exp: u64,
    /// The phone's public key.
    pub cnf: Confirmation,
}

/// The proof-of-possession key of a token's holder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Confirmation {
    /// What the device's signatures are checked with.
    pub jwk: DeviceKey,
}

/// A caller whose token was checked.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The person.
    pub user_id: UserId,
    /// The login.
    pub session_id: SessionId,
    /// The phone.
    pub device_id: DeviceId,
    /// The product.
    pub scope: Scope,
    /// What the device's signatures are checked with.
    pub device_key: DeviceKey,
}

/// Checks tokens with the keys that the auth service publishes.
#[derive(Clone)]
pub struct TokenVerifier(Arc<Inner>);

struct Inner {
    jwks_url: String,
    http: reqwest::Client,
    keys: RwLock<Keys>,
    /// When a fetch last ended; held while one runs, so that there is one at a time.
    last_fetch: Mutex<Option<Instant>>,
}

#[derive(Default)]
struct Keys {
    by_id: HashMap<String, DecodingKey>,
    fetched_at: Option<Instant>,
}

impl Keys {
    fn find(&self, kid: &str) -> Option<DecodingKey> {
        self.by_id.get(kid).filter(|_| self.is_current()).cloned()
    }

    fn is_current(&self) -> bool {
        self.fetched_at.is_some_and(|at| at.elapsed() < KEYS_AGE_MAX)
    }
}

impl TokenVerifier {
    /// Keys are fetched from `jwks_url` when the first token arrives.
    pub fn new(jwks_url: String) -> Result<Self, ConfigError> {
        let http = reqwest::Client::builder()
            .timeout(KEYS_TIMEOUT)
            .build()
            .map_err(|_| ConfigError::Invalid("AUTH_JWKS_URL", "no HTTP client can be made"))?;
        Ok(Self(Arc::new(Inner {
            jwks_url,
            http,
            keys: RwLock::default(),
            last_fetch: Mutex::default(),
        })))
    }

    /// The claims of a token that the auth service signed for `audience` and that has not expired;
    /// `None` for any other token. Fails if the keys cannot be fetched.
    pub async fn verify<C: DeserializeOwned>(
        &self,
        token: &str,
        audience: &str,
    ) -> Result<Option<C>, Problem> {
        let Some(kid) = decode_header(token).ok().and_then(|header| header.kid) else {
            return Ok(None);
        };
        let Some(key) = self.key(&kid).await? else { return Ok(None) };
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["iss", "aud", "exp"]);
        validation.leeway = CLOCK_LEEWAY_SECONDS;
        Ok(decode(token, &key, &validation).ok().map(|data| data.claims))
    }

    async fn key(&self, kid: &str) -> Result<Option<DecodingKey>, Problem> {
        if let Some(key) = self.0.keys.read().await.find(kid) {
            return Ok(Some(key));
        }
        let mut last_fetch = self.0.last_fetch.lock().await;
        if let Some(key) = self.0.keys.read().await.find(kid) {
            return Ok(Some(key));
        }
        if last_fetch.is_some_and(|at| at.elapsed() < KEYS_REFRESH_INTERVAL) {
            let is_current = self.0.keys.read().await.is_current();
            return if is_current { Ok(None) } else { Err(keys_unavailable()) };
        }
        let fetched = self.fetch().await;
        *last_fetch = Some(Instant::now());
        let by_id = fetched.map_err(|error| {
            tracing::error!(causes = causes(&error.without_url()), "cannot fetch the token keys");
            keys_unavailable()
        })?;
        *self.0.keys.write().await = Keys { by_id, fetched_at: Some(Instant::now()) };
        Ok(self.0.keys.read().await.find(kid))
    }

    async fn fetch(&self) -> Result<HashMap<String, DecodingKey>, reqwest::Error> {
        let request = self.0.http.get(&self.0.jwks_url);
        let request = request.header("traceparent", trace::current().to_string());
        let response = request.send().await?.error_for_status()?;
        let set: JwkSet = response.json().await?;
        let usable = set.keys.into_iter().filter_map(|jwk| {
            let key = DecodingKey::from_jwk(&jwk).ok()?;
            Some((jwk.common.key_id?, key))
        });
        Ok(usable.collect())
    }
}

/// The caller, by the bearer token: 401 without a valid one, 403 if it is for the other product.
pub fn caller(
    verifier: &TokenVerifier,
    wanted: &'static [Scope],
) -> impl Filter<Extract = (Caller,), Error = Rejection> + Clone + use<> {
    let verifier = verifier.clone();
    warp::header::optional::<String>("authorization").and_then(
        move |authorization: Option<String>| {
            let verifier = verifier.clone();
            async move {
                authenticate(&verifier, authorization.as_deref(), wanted)
                    .await
                    .map_err(reject::custom)
            }
        },
    )
}

async fn authenticate(
    verifier: &TokenVerifier,
    authorization: Option<&str>,
    wanted: &[Scope],
) -> Result<Caller, Problem> {
    let token = authorization
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(invalid_token)?;
    let claims: AccessClaims =
        verifier.verify(token, ACCESS_AUDIENCE).await?.ok_or_else(invalid_token)?;
    if !wanted.contains(&claims.scope) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "wrong-product",
            "This operation belongs to the other product.",
        ));
    }
    Ok(Caller {
        user_id: claims.sub,
        session_id: claims.sid,
        device_id: claims.did,
        scope: claims.scope,
        device_key: claims.cnf.jwk,
    })
}

fn invalid_token() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "invalid-token", "A valid bearer token is needed.")
        .with_header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""))
}

fn keys_unavailable() -> Problem {
    Problem::try_again("Tokens cannot be checked at the moment.")
}
