//! What a message is signed with, and the signature. Source: Standard Webhooks.

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What the text of a secret begins with.
const PREFIX: &str = "whsec_";
const KEY_BYTES: usize = 32;

/// A secret that a shop and we share.
// No `Debug`: it must get into no log line.
pub(crate) struct WebhookSecret(Vec<u8>);

/// The system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("there are no random bytes")]
pub(crate) struct NoRandomBytes;

impl WebhookSecret {
    pub(crate) fn random() -> Result<Self, NoRandomBytes> {
        let mut key = vec![0; KEY_BYTES];
        aws_lc_rs::rand::fill(&mut key).map_err(|_| NoRandomBytes)?;
        Ok(Self(key))
    }

    /// The key that was kept.
    pub(crate) const fn from_bytes(key: Vec<u8>) -> Self {
        Self(key)
    }

    /// The key to keep, sealed.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As a shop is shown it, once.
    pub(crate) fn text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// One signature of the header `webhook-signature`.
    fn sign(&self, message_id: &str, seconds: i64, body: &str) -> String {
        let key = hmac::Key::new(HMAC_SHA256, &self.0);
        let signed = format!("{message_id}.{seconds}.{body}");
        format!("v1,{}", STANDARD.encode(hmac::sign(&key, signed.as_bytes())))
    }
}

/// The header: a signature by each secret, since a receiver may know only one of them yet.
pub(crate) fn signatures(
    secrets: &[WebhookSecret],
    message_id: &str,
    seconds: i64,
    body: &str,
) -> String {
    let signed = secrets.iter().map(|secret| secret.sign(message_id, seconds, body));
    signed.collect::<Vec<String>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const BODY: &str = r#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn known() -> WebhookSecret {
        WebhookSecret(STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap())
    }

    #[test]
    fn the_signature_is_that_of_standard_webhooks() {
        assert_eq!(known().text(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assert_eq!(signatures(&[known()], ID, 1_614_265_330, BODY), SIGNATURE);
    }

    #[test]
    fn each_secret_of_a_rotation_signs() {
        let new = WebhookSecret::random().unwrap();
        let both = signatures(&[new, known()], ID, 1_614_265_330, BODY);
        let (first, second) = both.split_once(' ').unwrap();
        assert!(first.starts_with("v1,") && first != second);
        assert_eq!(second, SIGNATURE);
    }
}
