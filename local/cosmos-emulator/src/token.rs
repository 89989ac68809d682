//! Who may use the account: whoever platform-identity gave a token for Cosmos DB.

use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use platform_trust::Tokens;
use serde::Deserialize;

use crate::refusal::Refusal;

/// What clients ask a token for, whatever the account.
pub(crate) const RESOURCE: &str = "https://cosmos.azure.com";

/// The header's value, a form in itself: `type=aad&ver=1.0&sig=<token>`. The SDK of Rust
/// percent-encodes the whole of it, that of Python nothing.
#[derive(Deserialize)]
struct Credential {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    sig: String,
}

/// # Errors
/// The request brings no token, or one that is not for Cosmos DB, not good now, or not signed.
pub(crate) fn admit(tokens: &Tokens, headers: &HeaderMap) -> Result<(), Refusal> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let credential = header.and_then(credential).ok_or(Refusal::NoCredential)?;
    match credential.kind.as_str() {
        "aad" if tokens.admit(&credential.sig) => Ok(()),
        "aad" => Err(Refusal::BadToken),
        "master" => Err(Refusal::KeysAreDisabled),
        _ => Err(Refusal::NoCredential),
    }
}

fn credential(header: &str) -> Option<Credential> {
    if !header.contains('%') {
        return serde_urlencoded::from_str(header).ok();
    }
    // The value of a form with one field.
    let [(_, form)]: [(String, String); 1] =
        serde_urlencoded::from_str::<Vec<_>>(&format!("form={header}")).ok()?.try_into().ok()?;
    serde_urlencoded::from_str(&form).ok()
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn admit_header(authorization: &'static str) -> Result<(), Refusal> {
        let value = HeaderValue::from_static(authorization);
        let tokens = Tokens::signed_with("secret", RESOURCE);
        admit(&tokens, &[(AUTHORIZATION, value)].into_iter().collect())
    }

    #[test]
    fn neither_nothing_nor_a_key_is_a_credential() {
        let nothing = admit(&Tokens::signed_with("secret", RESOURCE), &HeaderMap::new());
        assert_eq!(nothing, Err(Refusal::NoCredential));
        assert_eq!(admit_header("Bearer e30.e30."), Err(Refusal::NoCredential));
        let key = "type%3Dmaster%26ver%3D1.0%26sig%3DZm9v";
        assert_eq!(admit_header(key), Err(Refusal::KeysAreDisabled));
        let unencoded = "type=aad&ver=1.0&sig=e30.e30.";
        assert_eq!(admit_header(unencoded), Err(Refusal::BadToken));
        let unsigned = "type%3Daad%26ver%3D1.0%26sig%3De30.e30.";
        assert_eq!(admit_header(unsigned), Err(Refusal::BadToken));
    }
}
