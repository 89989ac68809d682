//! What stands for Entra ID's v2.0 endpoints, for people who are staff: the keys of the local
//! tenant, and access tokens for whichever application is named. Nobody is asked for a password,
//! since nothing but this machine can ask.

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::{SystemRandom, fill};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::token::TENANT;

/// Within the 60 to 90 minutes of Entra ID's.
pub(crate) const LIFETIME: Duration = Duration::minutes(75);
/// What the local tenant gives to whoever logged in with a passkey.
const CONTEXT: &str = "c1";

/// A person of the local tenant.
struct Person {
    name: &'static str,
    object_id: &'static str,
    roles: &'static [&'static str],
}

const PEOPLE: &[Person] = &[
    Person {
        name: "ada@staff.example",
        object_id: "a1b7c3d2-6c0e-4d0a-9d3e-0a1f5b2c7d01",
        roles: &["administrator", "auditor"],
    },
    Person {
        name: "ben@staff.example",
        object_id: "a1b7c3d2-6c0e-4d0a-9d3e-0a1f5b2c7d02",
        roles: &["administrator"],
    },
    Person {
        name: "olga@staff.example",
        object_id: "a1b7c3d2-6c0e-4d0a-9d3e-0a1f5b2c7d03",
        roles: &["operator"],
    },
    Person {
        name: "ravi@staff.example",
        object_id: "a1b7c3d2-6c0e-4d0a-9d3e-0a1f5b2c7d04",
        roles: &["reviewer"],
    },
];

/// Issues tokens of people, under a key that is new at each start.
pub(crate) struct People {
    key: RsaKeyPair,
    kid: String,
    /// `http://<address>/<tenant>/v2.0`
    issuer: String,
}

impl People {
    /// Of a server that is reached at `url`.
    pub(crate) fn new(url: &str) -> Result<Self, Unspecified> {
        let key = RsaKeyPair::generate(KeySize::Rsa2048)?;
        let issuer = format!("{url}/{TENANT}/v2.0");
        Ok(Self { key, kid: random_id()?, issuer })
    }

    /// The JWK set that tokens are checked with.
    pub(crate) fn keys(&self) -> Value {
        let public = self.key.public_key();
        let [n, e] = [public.modulus(), public.exponent()]
            .map(|number| URL_SAFE_NO_PAD.encode(number.big_endian_without_leading_zero()));
        json!({"keys": [{"kty": "RSA", "use": "sig", "kid": self.kid, "n": n, "e": e}]})
    }

    /// A token of the person with this name, for an application; `None` of nobody's name.
    pub(crate) fn issue(
        &self,
        name: &str,
        application: &str,
        scope: &str,
        now: OffsetDateTime,
    ) -> Result<Option<String>, Unspecified> {
        let Some(person) = PEOPLE.iter().find(|person| person.name == name) else {
            return Ok(None);
        };
        let issued_at = now.unix_timestamp();
        let claims = json!({
            "aud": application,
            "iss": self.issuer,
            "iat": issued_at,
            "nbf": issued_at,
            "exp": now.saturating_add(LIFETIME).unix_timestamp(),
            "acrs": [CONTEXT],
            "oid": person.object_id,
            "preferred_username": person.name,
            "roles": person.roles,
            // Of an application's scope its last part.
            "scp": scope.rsplit('/').next(),
            "sub": person.object_id,
            "tid": TENANT,
            "uti": random_id()?,
            "ver": "2.0",
        });
        self.sign(&claims).map(Some)
    }

    fn sign(&self, claims: &Value) -> Result<String, Unspecified> {
        let header = json!({"typ": "JWT", "alg": "RS256", "kid": self.kid});
        let [header, claims] =
            [header.to_string(), claims.to_string()].map(|part| URL_SAFE_NO_PAD.encode(part));
        let text = format!("{header}.{claims}");
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)?;
        Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// 128 random bits, as long as the ids that Entra ID gives.
fn random_id() -> Result<String, Unspecified> {
    let mut bytes = [0; 16];
    fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
