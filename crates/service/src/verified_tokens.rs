//! Tokens whose signature was found good, so that the same token is not checked for each request.
//!
//! A token is known by a digest of all of it, with its key's id and its audience: whoever changes a
//! bit has another token. What changes with time is asked each time: whether the key is still
//! published, the login not revoked, the token not expired. New keys forget all tokens.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::digest::{Context, SHA256};
use serde_json::Value;

/// Tokens in a generation. There are two: when the newer one is full, the older one goes.
const TOKENS_MAX: usize = 8_192;

/// A digest of a token, its key's id and its audience.
pub(crate) type TokenDigest = [u8; 32];

#[derive(Default)]
struct Generations {
    newer: HashMap<TokenDigest, Arc<Value>>,
    older: HashMap<TokenDigest, Arc<Value>>,
}

/// The claims of tokens that were checked.
#[derive(Default)]
pub(crate) struct VerifiedTokens(RwLock<Generations>);

impl VerifiedTokens {
    /// Each part ends with a byte that none of them has.
    pub(crate) fn digest(kid: &str, audience: &str, token: &str) -> TokenDigest {
        let mut context = Context::new(&SHA256);
        for part in [kid, audience, token] {
            context.update(part.as_bytes());
            context.update(&[0xff]);
        }
        let mut digest = TokenDigest::default();
        digest.copy_from_slice(context.finish().as_ref());
        digest
    }

    /// The claims, if the token was checked before and does not end within this second.
    pub(crate) fn find(&self, digest: &TokenDigest, now: u64) -> Option<Arc<Value>> {
        let generations = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let found = generations.newer.get(digest).or_else(|| generations.older.get(digest));
        found.filter(|claims| claims["exp"].as_u64().is_some_and(|exp| now < exp)).cloned()
    }

    pub(crate) fn keep(&self, digest: TokenDigest, claims: Arc<Value>) {
        let mut generations = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if generations.newer.len() >= TOKENS_MAX {
            generations.older = std::mem::take(&mut generations.newer);
        }
        generations.newer.insert(digest, claims);
    }

    pub(crate) fn forget_all(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Generations::default();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kept(tokens: &VerifiedTokens, number: usize) -> TokenDigest {
        let digest = VerifiedTokens::digest("k", "a", &number.to_string());
        tokens.keep(digest, Arc::new(json!({"exp": 100})));
        digest
    }

    #[test]
    fn a_token_is_known_until_it_ends_or_the_keys_change() {
        let tokens = VerifiedTokens::default();
        let digest = kept(&tokens, 1);
        assert!(tokens.find(&digest, 99).is_some());
        assert!(tokens.find(&digest, 100).is_none());
        tokens.forget_all();
        assert!(tokens.find(&digest, 99).is_none());
    }

    #[test]
    fn another_token_key_or_audience_has_another_digest() {
        let digest = VerifiedTokens::digest("key", "audience", "token");
        for (kid, audience, token) in [
            ("key", "audience", "tokem"),
            ("kez", "audience", "token"),
            ("key", "audiencf", "token"),
            ("keya", "udience", "token"),
        ] {
            assert_ne!(VerifiedTokens::digest(kid, audience, token), digest);
        }
    }

    #[test]
    fn so_many_tokens_are_kept_and_the_oldest_go_first() {
        let tokens = VerifiedTokens::default();
        let digests: Vec<_> = (0..2 * TOKENS_MAX + 1).map(|number| kept(&tokens, number)).collect();
        assert!(tokens.find(&digests[0], 1).is_none());
        assert!(tokens.find(&digests[TOKENS_MAX], 1).is_some());
        assert!(tokens.find(&digests[2 * TOKENS_MAX], 1).is_some());
    }
}
