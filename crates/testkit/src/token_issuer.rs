//! Issues access tokens, publishes their key and says which logins have ended, as auth does.

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::signature::Ed25519KeyPair;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use service::{
    ACCESS_AUDIENCE, AccessClaims, Confirmation, ISSUER, REVOCATIONS_WAIT, STAFF_AUDIENCE,
    StaffClaims, token_type,
};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;
use values::{DeviceId, Operator, Product, SessionId, StaffId, StaffRole, StepUpPolicy, UserId};
use warp::http::StatusCode;
use warp::{Filter, Reply};

use crate::Device;

const LIFETIME_SECONDS: u64 = 600;
const KEY_ID: &str = "test-key";

/// Logins that have ended, each with when.
type Revoked = Vec<(OffsetDateTime, SessionId)>;

/// Stands in for the auth service within one test.
pub struct TokenIssuer {
    key: EncodingKey,
    /// What is published; `None` while auth is away.
    published: watch::Sender<Option<Value>>,
    /// Published with the keys: no rule, so that a test of something else needs no PIN.
    policy: watch::Sender<StepUpPolicy>,
    revoked: watch::Sender<Revoked>,
    /// Where its keys and its list of ended logins are found.
    pub auth_url: String,
}

impl TokenIssuer {
    /// A new key, published on a free loopback port as long as the test's runtime lives.
    pub async fn start() -> Self {
        let (key, jwk) = new_key(KEY_ID);
        let (published, set) = watch::channel(Some(json!({"keys": [jwk]})));
        let (policy, rules) = watch::channel(StepUpPolicy::allow_all());
        let (revoked, ended) = watch::channel(Vec::new());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let jwks = warp::path!("jwks").map(move || match &*set.borrow() {
            Some(set) => {
                let mut set = set.clone();
                if set.get("step_up_policy").is_none() {
                    set["step_up_policy"] = json!(*rules.borrow());
                }
                warp::reply::json(&set).into_response()
            }
            None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        });
        let revoked_sessions = warp::path!("revoked-sessions")
            .and(warp::query())
            .then(move |query: HashMap<String, String>| poll(ended.clone(), query));
        tokio::spawn(warp::serve(jwks.or(revoked_sessions)).incoming(listener).run());
        Self { key, published, policy, revoked, auth_url: format!("http://{address}") }
    }

    /// A valid access token of `user_id` on `device`.
    pub fn token(&self, user_id: UserId, product: Product, device: &Device) -> String {
        self.token_of(user_id, product, device, SessionId::new())
    }

    /// The same for a login that can be revoked.
    pub fn token_of(
        &self,
        user_id: UserId,
        product: Product,
        device: &Device,
        session_id: SessionId,
    ) -> String {
        self.sign(&self.claims(user_id, product, device, session_id))
    }

    /// The claims of a valid access token.
    pub fn claims(
        &self,
        user_id: UserId,
        product: Product,
        device: &Device,
        session_id: SessionId,
    ) -> Value {
        let now = now();
        let claims = AccessClaims {
            iss: ISSUER.to_owned(),
            aud: ACCESS_AUDIENCE.to_owned(),
            sub: user_id,
            sid: session_id,
            did: DeviceId::new(),
            product,
            iat: now,
            exp: now.saturating_add(LIFETIME_SECONDS),
            cnf: Some(Confirmation { jwk: device.key() }),
            limited_until: None,
            acr: None,
            auth_time: None,
        };
        serde_json::to_value(claims).expect("JSON")
    }

    /// A valid token of a member of staff with these roles.
    pub fn staff_token(&self, name: Operator, roles: &[StaffRole]) -> String {
        self.sign(&self.staff_claims(name, roles))
    }

    /// The claims of that token.
    pub fn staff_claims(&self, name: Operator, roles: &[StaffRole]) -> Value {
        let now = now();
        let claims = StaffClaims {
            iss: ISSUER.to_owned(),
            aud: STAFF_AUDIENCE.to_owned(),
            sub: StaffId::new(),
            sid: SessionId::new(),
            name,
            roles: roles.to_vec(),
            iat: now,
            exp: now.saturating_add(LIFETIME_SECONDS),
        };
        serde_json::to_value(claims).expect("JSON")
    }

    /// Ends a login before its token does.
    pub fn revoke(&self, session_id: SessionId) {
        self.revoked.send_modify(|revoked| revoked.push((OffsetDateTime::now_utc(), session_id)));
    }

    /// Publishes another key set, or none at all: auth is away. A set may bring its own policy.
    pub fn publish(&self, set: Option<Value>) {
        self.published.send_replace(set);
    }

    /// Publishes a policy of step-up to services that start from now on.
    pub fn publish_policy(&self, policy: StepUpPolicy) {
        self.policy.send_replace(policy);
    }

    /// Signs with a new key of this id from now on; the set that holds it is not published yet.
    pub fn rotate(&mut self, key_id: &str) -> Value {
        let (key, jwk) = new_key(key_id);
        self.key = key;
        json!({"keys": [jwk]})
    }

    /// A token of its audience's type with any claims, to show what a verifier refuses.
    pub fn sign(&self, claims: &Value) -> String {
        let typ = claims["aud"].as_str().map(token_type).map(str::to_owned);
        let kid = Some(KEY_ID.to_owned());
        let header = Header { typ, kid, ..Header::new(Algorithm::EdDSA) };
        self.sign_with(&header, claims)
    }

    /// The same with any header.
    pub fn sign_with(&self, header: &Header, claims: &Value) -> String {
        encode(header, claims, &self.key).expect("a token")
    }
}

fn new_key(key_id: &str) -> (EncodingKey, Jwk) {
    let pair = Ed25519KeyPair::generate().expect("an Ed25519 key");
    let pkcs8 = pair.to_pkcs8v1().expect("a PKCS#8 document");
    let key = EncodingKey::from_ed_der(pkcs8.as_ref());
    let mut jwk = Jwk::from_encoding_key(&key, Algorithm::EdDSA).expect("a JWK");
    jwk.common.key_id = Some(key_id.to_owned());
    (key, jwk)
}

/// Answers when a login was revoked since the time that is asked for, or when the wait is over.
async fn poll(mut revoked: watch::Receiver<Revoked>, query: HashMap<String, String>) -> impl Reply {
    let since = query.get("since").and_then(|since| OffsetDateTime::parse(since, &Rfc3339).ok());
    let is_news = |revoked: &Revoked| {
        since.is_none_or(|since| revoked.iter().any(|(revoked_at, _)| *revoked_at >= since))
    };
    drop(timeout(REVOCATIONS_WAIT, revoked.wait_for(is_news)).await);
    let as_of = OffsetDateTime::now_utc().format(&Rfc3339).expect("a time");
    let session_ids: Vec<SessionId> = revoked.borrow().iter().map(|(_, id)| *id).collect();
    warp::reply::json(&json!({"session_ids": session_ids, "as_of": as_of}))
}

/// Seconds since the epoch.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_secs()
}
