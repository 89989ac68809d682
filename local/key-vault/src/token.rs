//! Who may use the vault: whoever platform-identity gave a token for it.

use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;

/// What tokens are asked for. Clients insist that the vault's host is below the resource's, which
/// no address is; of a scheme that they do not know they read no host.
pub(crate) const RESOURCE: &str = "vault://0.0.1";

/// Checks tokens.
pub(crate) struct Tokens {
    key: DecodingKey,
    rules: Validation,
}

/// `Validation` looks at the claims.
#[derive(Deserialize)]
struct Claims {}

impl Tokens {
    pub(crate) fn signed_with(secret: &str) -> Self {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_audience(&[RESOURCE]);
        rules.set_required_spec_claims(&["exp", "nbf", "aud"]);
        rules.validate_nbf = true;
        Self { key: DecodingKey::from_secret(secret.as_bytes()), rules }
    }

    /// Whether a request brings a token that is for this vault, good now, and signed.
    pub(crate) fn admit(&self, headers: &HeaderMap) -> bool {
        let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer "));
        token.is_some_and(|token| decode::<Claims>(token, &self.key, &self.rules).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::{Value, json};
    use time::OffsetDateTime;

    use super::*;

    fn is_admitted(secret: &str, claims: &Value) -> bool {
        let key = EncodingKey::from_secret(secret.as_bytes());
        let token = encode(&Header::default(), claims, &key).unwrap();
        let value = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
        let headers = [(AUTHORIZATION, value)].into_iter().collect();
        Tokens::signed_with("secret").admit(&headers)
    }

    #[test]
    fn only_a_signed_token_for_this_vault_and_this_moment_admits() {
        let now = OffsetDateTime::now_utc().unix_timestamp();
        let claims = |audience: &str, from: i64, to: i64| {
            let (from, to) = (now + from, now + to);
            json!({ "aud": audience, "nbf": from, "exp": to })
        };
        assert!(is_admitted("secret", &claims(RESOURCE, 0, 600)));
        assert!(!is_admitted("another", &claims(RESOURCE, 0, 600)));
        assert!(!is_admitted("secret", &claims("https://storage.azure.com", 0, 600)));
        assert!(!is_admitted("secret", &claims(RESOURCE, -900, -600)));
        assert!(!is_admitted("secret", &claims(RESOURCE, 600, 900)));
        assert!(!is_admitted("secret", &json!({ "aud": RESOURCE, "nbf": now })));
        let unsigned = HeaderValue::from_static("Bearer e30.e30.");
        let headers = [(AUTHORIZATION, unsigned)].into_iter().collect();
        assert!(!Tokens::signed_with("secret").admit(&headers));
        assert!(!Tokens::signed_with("secret").admit(&HeaderMap::new()));
    }
}
