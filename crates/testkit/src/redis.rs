//! The Redis of the tests, and an identity that it lets in.

use std::sync::Arc;

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use service::redis::RedisAccount;
use time::{Duration, OffsetDateTime};

use crate::database::variable;

/// How long a token lasts: longer than any test.
const TOKEN_LIFETIME: Duration = Duration::hours(1);

/// The Redis of the tests; use keys that no other test uses.
pub fn redis_account() -> RedisAccount {
    redis_account_at(format!("redis://{}", redis_address()))
}

/// The same identity at another address.
pub fn redis_account_at(url: String) -> RedisAccount {
    let user = user_and_address().0;
    RedisAccount { url, credential: Arc::new(Identity { user }) }
}

/// `host:port` of the tests' Redis.
pub fn redis_address() -> String {
    user_and_address().1
}

fn user_and_address() -> (String, String) {
    let url = variable("TEST_REDIS_URL");
    let place = url.trim_start_matches("redis://").split_once('@');
    let (user, address) = place.expect("TEST_REDIS_URL is redis://<user>@<host>:<port>");
    (user.to_owned(), address.to_owned())
}

#[derive(Debug)]
struct Identity {
    user: String,
}

#[async_trait::async_trait]
impl TokenCredential for Identity {
    async fn get_token(
        &self,
        _scopes: &[&str],
        _options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let claims = URL_SAFE_NO_PAD.encode(format!(r#"{{"oid":"{}"}}"#, self.user));
        let expires_at = OffsetDateTime::now_utc().saturating_add(TOKEN_LIFETIME);
        Ok(AccessToken::new(format!("e30.{claims}."), expires_at))
    }
}
