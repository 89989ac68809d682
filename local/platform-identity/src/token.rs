//! Access tokens shaped like Entra ID's. They are signed with the secret that the platform's parts
//! share, so that one who checks them (platform-trust) needs no key of ours.

use jsonwebtoken::errors::Error;
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::json;
use time::{Duration, OffsetDateTime};

/// As long as Entra ID's tokens for managed identities.
pub(crate) const LIFETIME: Duration = Duration::hours(24);

/// The local tenant and the identity that all local apps share; `up` lets it in to Redis.
pub(crate) const TENANT: &str = "9b0a6c1e-53c4-4c5e-8f57-5f1f6c0f7a01";
const OBJECT: &str = "c1d6a3f2-0b1f-4a5c-9e0b-7c7f2d1b6e02";

/// A token for `resource`, given to the identity `client_id`.
///
/// # Errors
/// The secret cannot sign.
pub(crate) fn issue(
    secret: &str,
    resource: &str,
    client_id: &str,
    now: OffsetDateTime,
) -> Result<String, Error> {
    let issued_at = now.unix_timestamp();
    let claims = json!({
        "aud": resource,
        "iss": format!("https://sts.windows.net/{TENANT}/"),
        "iat": issued_at,
        "nbf": issued_at,
        "exp": expiry(now),
        "appid": client_id,
        "oid": OBJECT,
        "sub": OBJECT,
        "tid": TENANT,
        "ver": "1.0",
    });
    encode(&Header::default(), &claims, &EncodingKey::from_secret(secret.as_bytes()))
}

/// When a token issued `now` expires, in seconds since 1970.
pub(crate) fn expiry(now: OffsetDateTime) -> i64 {
    now.saturating_add(LIFETIME).unix_timestamp()
}
