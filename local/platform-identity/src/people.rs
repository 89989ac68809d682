//! The people of the local tenant, its keys and the tokens that it gives of them. Nobody is asked
//! for a password, since nothing but this machine can ask.

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::{SystemRandom, fill};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::codes::{APPLICATION, Grant};
use crate::token::TENANT;

/// Within the 60 to 90 minutes of Entra ID's.
const LIFETIME: Duration = Duration::minutes(75);
/// The one context that the local tenant knows, and gives whenever it is asked for: in Azure, to
/// whoever logged in with a passkey.
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
    // Of the tenant, and no staff of ours.
    Person {
        name: "sam@other.example",
        object_id: "a1b7c3d2-6c0e-4d0a-9d3e-0a1f5b2c7d05",
        roles: &[],
    },
];

/// The names of all.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    PEOPLE.iter().map(|person| person.name)
}

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

    /// The answer to a code: an access token for the application, and an ID token for the page.
    pub(crate) fn tokens(&self, grant: &Grant, now: OffsetDateTime) -> Result<Value, Unspecified> {
        let Grant { username, asked, given_at } = grant;
        let person = PEOPLE.iter().find(|person| person.name == *username).ok_or(Unspecified)?;
        let issued_at = now.unix_timestamp();
        let mut common = json!({
            "aud": APPLICATION,
            "iss": self.issuer,
            "iat": issued_at,
            "nbf": issued_at,
            "exp": now.saturating_add(LIFETIME).unix_timestamp(),
            "sub": person.object_id,
            "ver": "2.0",
        });
        if asked.asks_for_profile() {
            common["oid"] = person.object_id.into();
            common["preferred_username"] = person.name.into();
            common["tid"] = TENANT.into();
        }
        let mut access = common.clone();
        access["auth_time"] = given_at.unix_timestamp().into();
        access["azp"] = APPLICATION.into();
        // Of a page, which shows no secret.
        access["azpacr"] = "0".into();
        access["scp"] = asked.application_scope().into();
        access["uti"] = random_id()?.into();
        if !person.roles.is_empty() {
            access["roles"] = person.roles.into();
        }
        if asked.context().as_deref() == Some(CONTEXT) {
            access["acrs"] = json!([CONTEXT]);
        }
        let mut tokens = json!({
            "access_token": self.sign(&access)?,
            "token_type": "Bearer",
            "expires_in": LIFETIME.whole_seconds(),
        });
        if let Some(nonce) = asked.nonce() {
            let mut id = common;
            id["nonce"] = nonce.into();
            tokens["id_token"] = self.sign(&id)?.into();
        }
        Ok(tokens)
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
pub(crate) fn random_id() -> Result<String, Unspecified> {
    let mut bytes = [0; 16];
    fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
