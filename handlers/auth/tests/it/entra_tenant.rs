//! What stands for Microsoft Entra ID within one test: a tenant that publishes its keys.

use auth::EntraTenant;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::sync::watch;
use uuid::Uuid;
use warp::http::StatusCode;
use warp::{Filter, Reply};

use crate::Fixture;

pub(crate) const APPLICATION: &str = "7d0f9a3e-1111-4222-8333-944445555666";
pub(crate) const CONTEXT: &str = "c1";

/// What stands for Entra ID within one test.
pub(crate) struct Tenant {
    pub(crate) key: RsaKeyPair,
    pub(crate) issuer: String,
    /// None while it is away.
    pub(crate) published: watch::Sender<Option<Value>>,
}

pub(crate) fn new_key() -> RsaKeyPair {
    RsaKeyPair::generate(KeySize::Rsa2048).unwrap()
}

pub(crate) fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn jwk(key: &RsaKeyPair, kid: &str) -> Value {
    let public = key.public_key();
    let [n, e] = [public.modulus(), public.exponent()]
        .map(|number| base64(number.big_endian_without_leading_zero()));
    json!({"kty": "RSA", "use": "sig", "kid": kid, "n": n, "e": e})
}

pub(crate) fn signed(key: &RsaKeyPair, header: &Value, claims: &Value) -> String {
    let algorithm = match header["alg"].as_str() {
        Some("RS384") => &RSA_PKCS1_SHA384,
        _ => &RSA_PKCS1_SHA256,
    };
    let text = format!("{}.{}", base64(header.to_string()), base64(claims.to_string()));
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(algorithm, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
    format!("{text}.{}", base64(signature))
}

pub(crate) fn header() -> Value {
    json!({"typ": "JWT", "alg": "RS256", "kid": "of-the-tenant"})
}

impl Tenant {
    pub(crate) async fn start() -> Self {
        let key = new_key();
        let keys = json!({"keys": [jwk(&key, "of-the-tenant")]});
        let (published, set) = watch::channel(Some(keys));
        let keys = warp::path!("tenant" / "discovery" / "v2.0" / "keys").map(move || {
            match &*set.borrow() {
                Some(set) => warp::reply::json(set).into_response(),
                None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}/tenant/v2.0", listener.local_addr().unwrap());
        tokio::spawn(warp::serve(keys).incoming(listener).run());
        Self { key, issuer, published }
    }

    /// The service where this tenant says who is staff.
    pub(crate) async fn fixture(&self) -> Fixture {
        let tenant = self.setting();
        Fixture::new().await.with_config(|config| config.entra = Some(tenant)).await
    }

    pub(crate) fn setting(&self) -> EntraTenant {
        EntraTenant {
            issuer: self.issuer.clone(),
            application: APPLICATION.to_owned(),
            context: CONTEXT.to_owned(),
        }
    }

    /// What a good token of this person says; each token has an id of its own.
    pub(crate) fn claims(&self, person: Uuid, name: &str, roles: &[&str]) -> Value {
        let now = seconds(0);
        json!({
            "ver": "2.0", "iss": self.issuer, "aud": APPLICATION, "scp": "openid staff",
            "azp": APPLICATION, "azpacr": "0",
            "oid": person, "sub": "pairwise", "preferred_username": name, "roles": roles,
            "acrs": ["c2", CONTEXT], "uti": base64(Uuid::new_v4()),
            "auth_time": now, "iat": now, "nbf": seconds(-300), "exp": seconds(4_000),
        })
    }

    pub(crate) fn token(&self, claims: &Value) -> String {
        signed(&self.key, &header(), claims)
    }
}

/// So many seconds from now, since the epoch.
pub(crate) fn seconds(from_now: i64) -> i64 {
    OffsetDateTime::now_utc().unix_timestamp().saturating_add(from_now)
}
