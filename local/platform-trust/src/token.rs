//! Whether a token is one that platform-identity gave for a resource.

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;

/// Checks tokens.
pub struct Tokens {
    key: DecodingKey,
    rules: Validation,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The key is a secret.
        f.debug_struct("Tokens").field("rules", &self.rules).finish_non_exhaustive()
    }
}

/// `Validation` looks at the claims.
#[derive(Deserialize)]
struct Claims {}

impl Tokens {
    /// Those for one resource, signed with the secret that the platform's parts share.
    pub fn signed_with(secret: &str, resource: &str) -> Self {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_audience(&[resource]);
        rules.set_required_spec_claims(&["exp", "nbf", "aud"]);
        rules.validate_nbf = true;
        Self { key: DecodingKey::from_secret(secret.as_bytes()), rules }
    }

    /// Whether a token is for the resource, good now, and signed.
    pub fn admit(&self, token: &str) -> bool {
        decode::<Claims>(token, &self.key, &self.rules).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::{Value, json};
    use time::OffsetDateTime;

    use super::*;

    const RESOURCE: &str = "https://cosmos.azure.com";

    fn is_admitted(secret: &str, claims: &Value) -> bool {
        let key = EncodingKey::from_secret(secret.as_bytes());
        let token = encode(&Header::default(), claims, &key).unwrap();
        Tokens::signed_with("secret", RESOURCE).admit(&token)
    }

    #[test]
    fn only_a_signed_token_for_this_resource_and_this_moment_admits() {
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
        assert!(!Tokens::signed_with("secret", RESOURCE).admit("e30.e30."));
    }
}
