//! Checking tokens without asking anybody: with keys and a list of revoked logins that are kept up
//! to date in the background.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout};
use values::{ActFacts, GuardedAct, OperationConfirmation, Refusal, SessionId, StepUpPolicy};

use crate::access_token::{ACCESS_LIFETIME_SECONDS, EXPIRY_SLACK_SECONDS};
use crate::auth_state::{AuthState, is_fresh};
use crate::signed_token::{TokenRules, key_id, usable_keys};
use crate::verified_tokens::VerifiedTokens;
use crate::{Caller, ConfigError, ISSUER, Problem, auth_feed};

/// How long a request waits for keys or a list that are being fetched.
const FETCH_WAIT: Duration = Duration::from_secs(4);

/// `typ` of every token of the release that signed without telling kinds apart: while it is rolled
/// out or back, its tokens are told apart by audience alone. The release after this drops it.
const TOKEN_TYPE_BEFORE: &str = "JWT";

/// Checks tokens. Cheap to clone; all clones share what they know.
#[derive(Clone)]
pub struct TokenVerifier(Arc<AuthState>);

impl TokenVerifier {
    /// Follows the auth service at `auth_url` (`https://<host>/api/v1/auth`) as long as a clone of
    /// this lives.
    pub fn follow(auth_url: &str) -> Result<Self, ConfigError> {
        let known = Arc::new(AuthState::new(HashMap::new(), false));
        auth_feed::follow(auth_url, &known)?;
        Ok(Self(known))
    }

    /// The auth service's own: it knows its keys, and says itself which logins are revoked
    /// ([`TokenVerifier::learn_revoked`]).
    pub fn of_keys(keys: &JwkSet) -> Self {
        Self(Arc::new(AuthState::new(usable_keys(keys), true)))
    }

    /// For a service that anybody may ask: it knows no keys, takes no token and asks nobody.
    pub fn of_nobody() -> Self {
        Self(Arc::new(AuthState::new(HashMap::new(), true)))
    }

    /// The claims of a token that the auth service signed for `audience` and that is valid now;
    /// `None` for any other token. Fails if that cannot be decided.
    pub async fn verify<C: DeserializeOwned>(
        &self,
        token: &str,
        audience: &str,
    ) -> Result<Option<C>, Problem> {
        let Some(kid) = key_id(token) else { return Ok(None) };
        let Some(key) = self.key(&kid).await? else { return Ok(None) };
        let digest = VerifiedTokens::digest(&kid, audience, token);
        if let Some(claims) = self.0.verified.find(&digest, unix_seconds()) {
            return Ok(C::deserialize(&*claims).ok());
        }
        let rules = TokenRules {
            algorithm: Algorithm::EdDSA,
            token_types: &[token_type(audience), TOKEN_TYPE_BEFORE],
            issuer: ISSUER,
            audience,
        };
        let Some(claims) = rules.claims(token, &key) else { return Ok(None) };
        if claims["exp"].as_u64().is_none_or(|exp| exp > latest_expiry()) {
            return Ok(None);
        }
        let claims = Arc::new(claims);
        self.0.verified.keep(digest, Arc::clone(&claims));
        Ok(C::deserialize(&*claims).ok())
    }

    /// Whether a login has ended before its tokens did. Fails if auth has been silent for too long.
    pub async fn is_revoked(&self, session_id: SessionId) -> Result<bool, Problem> {
        let mut heard = self.0.heard.subscribe();
        let is_known = heard.wait_for(|heard| is_fresh(heard.revocations));
        if timeout(FETCH_WAIT, is_known).await.is_err() {
            return Err(undecidable());
        }
        Ok(self.0.is_revoked(session_id))
    }

    /// These logins have ended. An empty list says that none has.
    pub fn learn_revoked(&self, sessions: impl IntoIterator<Item = SessionId>) {
        self.0.learn_revoked(sessions);
    }

    /// The policy of step-up that holds now.
    pub fn policy(&self) -> Arc<StepUpPolicy> {
        self.0.policy()
    }

    /// This policy holds from now on, unless a newer one is known.
    pub fn learn_policy(&self, policy: StepUpPolicy) {
        self.0.learn_policy(policy);
    }

    /// Refuses an act that moves no money if the policy asks more than the caller has shown.
    ///
    /// # Errors
    /// `step-up-required`.
    pub fn require_level(&self, caller: &Caller, act: GuardedAct) -> Result<(), Refusal> {
        self.policy().require(act, caller.level, &ActFacts::default())
    }

    /// An unknown key may be newer than the last fetch. Only a fetch that began after the question
    /// can tell that there is no such key.
    async fn key(&self, kid: &str) -> Result<Option<DecodingKey>, Problem> {
        if self.0.are_keys_own {
            return Ok(self.0.find_key(kid));
        }
        if let Some(key) = self.0.find_key(kid).filter(|_| is_fresh(self.0.heard.borrow().keys)) {
            return Ok(Some(key));
        }
        // Only where keys are known: when none was heard yet, every good token has to wait.
        let are_known = is_fresh(self.0.heard.borrow().keys);
        let place = are_known.then(|| self.0.key_waits.try_acquire()).transpose();
        let Ok(_place) = place else { return Err(undecidable()) };
        let asked_at = Instant::now();
        let mut heard = self.0.heard.subscribe();
        let decided = async {
            loop {
                let state = *heard.borrow_and_update();
                if let Some(key) = self.0.find_key(kid).filter(|_| is_fresh(state.keys)) {
                    return Ok(Some(key));
                }
                if state.keys_tried.is_some_and(|tried| tried >= asked_at) {
                    let has_succeeded = state.keys.is_some_and(|fetched| fetched >= asked_at);
                    return if has_succeeded { Ok(None) } else { Err(undecidable()) };
                }
                self.0.keys_wanted.notify_one();
                if heard.changed().await.is_err() {
                    return Err(undecidable());
                }
            }
        };
        timeout(FETCH_WAIT, decided).await.unwrap_or_else(|_elapsed| Err(undecidable()))
    }
}

/// `typ` of a token of ours for this audience: that of an access token (RFC 9068), of customers and
/// staff, or of what vouches for one operation.
pub fn token_type(audience: &str) -> &'static str {
    if audience == OperationConfirmation::TOKEN_AUDIENCE {
        "payme-confirmation+jwt"
    } else {
        "at+jwt"
    }
}

/// The latest `exp` that a token of ours can have now.
fn latest_expiry() -> u64 {
    let lifetime = ACCESS_LIFETIME_SECONDS.saturating_add(EXPIRY_SLACK_SECONDS);
    unix_seconds().saturating_add(lifetime)
}

fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn undecidable() -> Problem {
    Problem::try_again("Tokens cannot be checked at the moment.")
}
