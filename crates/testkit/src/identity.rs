//! The identity of a service under test. Of all stores the vault, Cosmos DB and Event
//! Hubs check signatures.

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::json;
use time::{Duration, OffsetDateTime};

use crate::database::variable;

/// How long a token lasts: longer than any test.
const TOKEN_LIFETIME: Duration = Duration::hours(1);
const TENANT: &str = "9b0a6c1e-53c4-4c5e-8f57-5f1f6c0f7a01";
/// What stands at the end of a scope, and not in the audience of its token.
const ANY_RIGHT: &str = "/.default";

/// What tokens are signed with, and what the caller of a managed identity's endpoint must say.
pub fn identity_secret() -> String {
    variable("TEST_IDENTITY_SECRET")
}

#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) object_id: String,
}

impl Identity {
    /// An access token as Entra ID shapes it, and its end.
    pub(crate) fn token(&self, scope: &str) -> (String, OffsetDateTime) {
        let now = OffsetDateTime::now_utc();
        let expires_at = now.saturating_add(TOKEN_LIFETIME);
        let claims = json!({
            "aud": scope.trim_end_matches(ANY_RIGHT),
            "iss": format!("https://sts.windows.net/{TENANT}/"),
            "iat": now.unix_timestamp(),
            "nbf": now.unix_timestamp(),
            "exp": expires_at.unix_timestamp(),
            "oid": self.object_id,
            "tid": TENANT,
        });
        let secret = EncodingKey::from_secret(identity_secret().as_bytes());
        let token = encode(&Header::default(), &claims, &secret);
        (token.expect("a secret that signs"), expires_at)
    }
}

#[async_trait::async_trait]
impl TokenCredential for Identity {
    async fn get_token(
        &self,
        scopes: &[&str],
        _options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let (token, expires_at) = self.token(scopes.first().copied().unwrap_or_default());
        Ok(AccessToken::new(token, expires_at))
    }
}
