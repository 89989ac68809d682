//! A device's or passkey's signature, in two headers of a request: an act may have a body or none.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use service::{DeviceKey, Input, InputFilter, Operation};
use time::OffsetDateTime;
use values::{DeviceId, Refusal, SignedAt};
use warp::Filter;
use warp::http::HeaderMap;
use webauthn_rs::prelude::PublicKeyCredential;

use crate::domain::{DeviceAct, DeviceSignature, SIGNATURE_INVALID};

const SIGNED_AT: &str = "Device-Signed-At";
const SIGNATURE: &str = "Device-Signature";

/// What the two headers hold; none, if one of them is missing or cannot be read. It is judged after
/// the body, so that whoever has no device learns no less of what is wrong with a request.
pub(crate) struct SignedAct(Option<DeviceSignature>);

impl SignedAct {
    /// When the device signed this act; refuses one that it did not sign just now.
    pub(crate) fn require(
        &self,
        key: &DeviceKey,
        device_id: DeviceId,
        act: &DeviceAct<'_>,
    ) -> Result<&SignedAt, Refusal> {
        let signature = self.signature()?;
        signature.require(key, device_id, act, OffsetDateTime::now_utc())?;
        Ok(&signature.signed_at)
    }

    /// What a passkey must have signed in a login of its own, when it says it did, which was just
    /// now, and its assertion, which is still to be checked.
    pub(crate) fn require_passkey(
        &self,
        device_id: DeviceId,
        act: &DeviceAct<'_>,
    ) -> Result<(String, &SignedAt, PublicKeyCredential), Refusal> {
        let signature = self.signature()?;
        signature.require_recent(OffsetDateTime::now_utc())?;
        let json = URL_SAFE_NO_PAD.decode(&signature.signature).ok();
        let assertion = json.and_then(|json| serde_json::from_slice(&json).ok());
        let assertion = assertion.ok_or_else(|| {
            SIGNATURE_INVALID.because(format!("{SIGNATURE} is no assertion by a passkey"))
        })?;
        let signed_at = &signature.signed_at;
        Ok((act.signing_text(device_id, signed_at), signed_at, assertion))
    }

    fn signature(&self) -> Result<&DeviceSignature, Refusal> {
        self.0.as_ref().ok_or_else(|| {
            SIGNATURE_INVALID.because(format!("{SIGNED_AT} and {SIGNATURE} are expected"))
        })
    }
}

fn read(headers: &HeaderMap) -> Option<DeviceSignature> {
    let single = |name| service::header::single(headers, name).ok().flatten();
    let signed_at = single(SIGNED_AT)?.parse().ok()?;
    Some(DeviceSignature { signed_at, signature: single(SIGNATURE)?.to_owned() })
}

impl Input for SignedAct {
    fn take(operation: &mut Operation) -> InputFilter<Self> {
        operation.add_parameter(json!({
            "name": SIGNED_AT,
            "in": "header",
            "required": false,
            "description": "The device's clock, at most 60 seconds off: RFC 3339, UTC, three \
                decimals, and no other spelling. No two acts or log-ins of a device may have the \
                same time. Only a login by passkey renews its tokens without.",
            "schema": {"type": "string", "example": "2026-11-23T04:05:06.789Z"},
        }));
        operation.add_parameter(json!({
            "name": SIGNATURE,
            "in": "header",
            "required": false,
            "description": "ES256 (`r || s`, 64 bytes) in base64url over five lines with `\\n` \
                between them and none at the end: `payme-act-v1`, the act, the signer's \
                `device_id`, what it is done to or with, and `Device-Signed-At`. The acts are \
                `renew-tokens` (with the refresh token), `remove-device` (the device's id), \
                `ask-pin-reset` and `change-phone` (the id of the challenge, of the latter that \
                to the new phone), and with an empty line `change-pin`, \
                `end-other-sessions`, `reset-pin`, `cancel-pin-reset` and `cancel-recovery`. \
                In a login by passkey, what `navigator.credentials.get` gave, as its `toJSON()` \
                writes it, in base64url: its challenge was the SHA-256 of the lines. It is good \
                once, whatever comes of the act.",
            "schema": {"type": "string"},
        }));
        warp::header::headers_cloned().map(|headers: HeaderMap| Self(read(&headers))).boxed()
    }
}
