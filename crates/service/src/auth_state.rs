//! What a process knows of the auth service: the keys of its tokens, the logins that ended before
//! their tokens did, and the policy of step-up.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::JwkSet;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::Instant;
use values::{SessionId, StepUpPolicy};

use crate::access_token::{ACCESS_LIFETIME_SECONDS, EXPIRY_SLACK_SECONDS};
use crate::signed_token::usable_keys;
use crate::verified_tokens::VerifiedTokens;

/// How long keys and list are used while auth cannot be reached. A login that is revoked meanwhile
/// lives on until its access token ends, ten minutes at most.
const STALE_AGE_MAX: Duration = Duration::from_secs(3600);
/// A revoked login is remembered until no token of it can be valid, by whichever clock.
const REVOKED_AGE_MAX: Duration =
    Duration::from_secs(ACCESS_LIFETIME_SECONDS + 2 * EXPIRY_SLACK_SECONDS);

/// Requests that wait at once for a key that is not known.
const KEY_WAITS_MAX: usize = 8;

/// What is known about auth's tokens.
pub(crate) struct AuthState {
    /// Whether the keys are this service's own, which are never fetched.
    pub(crate) are_keys_own: bool,
    keys: RwLock<HashMap<String, DecodingKey>>,
    /// Each with the time at which it was learned.
    revoked: RwLock<HashMap<SessionId, Instant>>,
    /// The standard one until auth has told another.
    policy: RwLock<Arc<StepUpPolicy>>,
    /// What was checked with these keys.
    pub(crate) verified: VerifiedTokens,
    pub(crate) heard: watch::Sender<Heard>,
    /// Told when a token names an unknown key.
    pub(crate) keys_wanted: Arc<Notify>,
    /// Places of the requests that wait for such a key: made-up tokens must not take every place in
    /// a process.
    pub(crate) key_waits: Semaphore,
}

/// When auth was last heard.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Heard {
    pub(crate) keys: Option<Instant>,
    pub(crate) revocations: Option<Instant>,
    /// When the last try to fetch keys began, whether or not it succeeded.
    pub(crate) keys_tried: Option<Instant>,
}

/// Whether what was heard at that time can still be used.
pub(crate) fn is_fresh(heard: Option<Instant>) -> bool {
    heard.is_some_and(|at| at.elapsed() < STALE_AGE_MAX)
}

impl AuthState {
    pub(crate) fn new(keys: HashMap<String, DecodingKey>, are_keys_own: bool) -> Self {
        Self {
            are_keys_own,
            keys: RwLock::new(keys),
            revoked: RwLock::default(),
            policy: RwLock::new(Arc::new(StepUpPolicy::standard())),
            verified: VerifiedTokens::default(),
            heard: watch::Sender::default(),
            keys_wanted: Arc::default(),
            key_waits: Semaphore::new(KEY_WAITS_MAX),
        }
    }

    pub(crate) fn find_key(&self, kid: &str) -> Option<DecodingKey> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).get(kid).cloned()
    }

    pub(crate) fn is_revoked(&self, session_id: SessionId) -> bool {
        self.revoked.read().unwrap_or_else(PoisonError::into_inner).contains_key(&session_id)
    }

    pub(crate) fn policy(&self) -> Arc<StepUpPolicy> {
        Arc::clone(&self.policy.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// It does not get old: an old one is better than none while auth is away. An instance of auth
    /// that has not seen the newest yet brings no older one back.
    pub(crate) fn learn_policy(&self, policy: StepUpPolicy) {
        let mut known = self.policy.write().unwrap_or_else(PoisonError::into_inner);
        if policy.version >= known.version {
            *known = Arc::new(policy);
        }
    }

    pub(crate) fn learn_revoked(&self, sessions: impl IntoIterator<Item = SessionId>) {
        let now = Instant::now();
        let mut revoked = self.revoked.write().unwrap_or_else(PoisonError::into_inner);
        let known_before = revoked.len();
        for session_id in sessions {
            revoked.entry(session_id).or_insert(now);
        }
        if revoked.len() > known_before {
            revoked.retain(|_, learned| learned.elapsed() < REVOKED_AGE_MAX);
        }
        drop(revoked);
        self.heard.send_modify(|heard| heard.revocations = Some(now));
    }

    /// The keys as they were published to a fetch that began at `began`; `None` if it failed. A set
    /// without a usable key is a failure: it would make every token invalid.
    pub(crate) fn learn_keys(&self, set: Option<&JwkSet>, began: Instant) {
        let keys = set.map(usable_keys).filter(|keys| !keys.is_empty());
        let has_succeeded = keys.is_some();
        if let Some(keys) = keys {
            *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
            self.verified.forget_all();
        }
        self.heard.send_modify(|heard| {
            heard.keys_tried = Some(began);
            if has_succeeded {
                heard.keys = Some(began);
            }
        });
    }
}
