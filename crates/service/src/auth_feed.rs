//! What the auth service tells every other service: the keys of its tokens with the policy of
//! step-up, and which logins ended before their tokens did.
//!
//! All are fetched in the background, so a request waits for auth only when the process has just
//! started. The list of revoked logins is a long poll: auth answers as soon as one is new. Events
//! would do too, but a hub can take seconds to deliver them, and every service would need a
//! consumer group, a trigger and a table.

use std::sync::{Arc, Weak};
use std::time::Duration;

use jsonwebtoken::jwk::JwkSet;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::{Instant, sleep, timeout};
use utoipa::ToSchema;
use values::{SessionId, StepUpPolicy};

use crate::auth_state::AuthState;
use crate::{ConfigError, causes};

/// How often keys are fetched: long before they are too old.
const KEYS_INTERVAL: Duration = Duration::from_secs(120);
/// The least time from one fetch of keys to the next.
const KEYS_PAUSE: Duration = Duration::from_secs(1);
/// How long to wait for auth's keys.
const KEYS_TIMEOUT: Duration = Duration::from_secs(3);
/// Auth answers a poll after this time even if no login was revoked.
pub const REVOCATIONS_WAIT: Duration = Duration::from_secs(5);
/// What the network may take on top of that.
const REVOCATIONS_MARGIN: Duration = Duration::from_secs(3);
/// The least time from one poll to the next.
const REVOCATIONS_PAUSE: Duration = Duration::from_millis(300);
/// The wait after a poll that failed.
const REVOCATIONS_RETRY: Duration = Duration::from_millis(500);

/// Logins that ended before their tokens did.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RevokedSessions {
    /// Those revoked since the time that was asked for, and some before it.
    pub session_ids: Vec<SessionId>,
    /// The `since` of the next poll.
    #[serde(with = "time::serde::rfc3339")]
    pub as_of: OffsetDateTime,
}

/// What auth publishes under `jwks`: a JWK set may have other members (RFC 7517).
#[derive(Deserialize)]
struct KeysAndPolicy {
    #[serde(flatten)]
    keys: JwkSet,
    /// Read by itself, so that one in a newer form does not cost the keys.
    step_up_policy: Option<serde_json::Value>,
}

/// Keeps `known` up to date until nobody else holds it.
pub(crate) fn follow(auth_url: &str, known: &Arc<AuthState>) -> Result<(), ConfigError> {
    let http = reqwest::Client::builder()
        .build()
        .map_err(|_| ConfigError::Invalid("AUTH_URL", "no HTTP client can be made"))?;
    let auth_url = auth_url.trim_end_matches('/');
    let (jwks, revoked) = (format!("{auth_url}/jwks"), format!("{auth_url}/revoked-sessions"));
    tokio::spawn(follow_keys(http.clone(), jwks, Arc::downgrade(known)));
    tokio::spawn(follow_revocations(http, revoked, Arc::downgrade(known)));
    Ok(())
}

impl KeysAndPolicy {
    /// None if there is none, or this version of the service cannot read it.
    fn policy(&self) -> Option<StepUpPolicy> {
        let document = self.step_up_policy.as_ref()?;
        let read = StepUpPolicy::deserialize(document);
        if read.is_err() {
            tracing::error!("the policy of step-up cannot be read; the one before it still holds");
        }
        read.ok()
    }
}

async fn follow_keys(http: reqwest::Client, url: String, known: Weak<AuthState>) {
    loop {
        let began = Instant::now();
        let fetched = fetch::<KeysAndPolicy>(http.get(&url).timeout(KEYS_TIMEOUT)).await;
        let Some(known) = known.upgrade() else { return };
        if let Err(error) = &fetched {
            tracing::error!(causes = causes(error), "cannot fetch the token keys");
        }
        // First the policy: whoever waits for keys is judged by it.
        if let Some(policy) = fetched.as_ref().ok().and_then(|fetched| fetched.policy()) {
            known.learn_policy(policy);
        }
        known.learn_keys(fetched.as_ref().ok().map(|fetched| &fetched.keys), began);
        let wanted = Arc::clone(&known.keys_wanted);
        drop(known);
        sleep(KEYS_PAUSE.saturating_sub(began.elapsed())).await;
        // Why the wait ended does not matter: the next round fetches either way.
        let _elapsed = timeout(KEYS_INTERVAL, wanted.notified()).await;
    }
}

async fn follow_revocations(http: reqwest::Client, url: String, known: Weak<AuthState>) {
    let mut since: Option<OffsetDateTime> = None;
    loop {
        let began = Instant::now();
        // In UTC no character of it needs escaping.
        let since_text = since.and_then(|since| since.format(&Rfc3339).ok());
        let query = since_text.map(|text| format!("?since={text}")).unwrap_or_default();
        let request = http.get(format!("{url}{query}"));
        let polled = fetch::<RevokedSessions>(
            request.timeout(REVOCATIONS_WAIT.saturating_add(REVOCATIONS_MARGIN)),
        );
        let polled = polled.await;
        let Some(known) = known.upgrade() else { return };
        match polled {
            Ok(revoked) => {
                since = Some(revoked.as_of);
                known.learn_revoked(revoked.session_ids);
                drop(known);
                sleep(REVOCATIONS_PAUSE.saturating_sub(began.elapsed())).await;
            }
            Err(error) => {
                tracing::error!(causes = causes(&error), "cannot learn which logins have ended");
                drop(known);
                sleep(REVOCATIONS_RETRY).await;
            }
        }
    }
}

async fn fetch<T: serde::de::DeserializeOwned>(
    request: reqwest::RequestBuilder,
) -> Result<T, reqwest::Error> {
    let answer = async { request.send().await?.error_for_status()?.json().await };
    answer.await.map_err(reqwest::Error::without_url)
}
