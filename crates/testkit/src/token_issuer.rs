//! Issues access tokens and publishes their key over HTTP, as the auth service does.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::signature::Ed25519KeyPair;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use service::{ACCESS_AUDIENCE, AccessClaims, Confirmation, ISSUER, Scope};
use tokio::net::TcpListener;
use values::{DeviceId, SessionId, UserId};
use warp::Filter;

use crate::Device;

const LIFETIME_SECONDS: u64 = 600;
const KEY_ID: &str = "test-key";

/// Stands in for the auth service within one test.
pub struct TokenIssuer {
    key: EncodingKey,
    /// Where its public key is published.
    pub jwks_url: String,
}

impl TokenIssuer {
    /// A new key, published on a free loopback port as long as the test's runtime lives.
    pub async fn start() -> Self {
        let pair = Ed25519KeyPair::generate().expect("an Ed25519 key");
        let pkcs8 = pair.to_pkcs8v1().expect("a PKCS#8 document");
        let key = EncodingKey::from_ed_der(pkcs8.as_ref());
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::EdDSA).expect("a JWK");
        jwk.common.key_id = Some(KEY_ID.to_owned());
        let set = json!({"keys": [jwk]});
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let jwks = warp::any().map(move || warp::reply::json(&set));
        tokio::spawn(warp::serve(jwks).incoming(listener).run());
        Self { key, jwks_url: format!("http://{address}/") }
    }

    /// A valid access token of `user_id` on `device`.
    pub fn token(&self, user_id: UserId, scope: Scope, device: &Device) -> String {
        let now = now();
        let claims = AccessClaims {
            iss: ISSUER.to_owned(),
            aud: ACCESS_AUDIENCE.to_owned(),
            sub: user_id,
            sid: SessionId::new(),
            did: DeviceId::new(),
            scope,
            iat: now,
            exp: now.saturating_add(LIFETIME_SECONDS),
            cnf: Confirmation { jwk: device.key() },
        };
        self.sign(&serde_json::to_value(claims).expect("JSON"))
    }

    /// A token with any claims, to show what a verifier refuses.
    pub fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: Some(KEY_ID.to_owned()), ..Header::new(Algorithm::EdDSA) };
        encode(&header, claims, &self.key).expect("a token")
    }
}

/// Seconds since the epoch.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_secs()
}
