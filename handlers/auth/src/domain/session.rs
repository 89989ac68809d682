//! A log-in, and how a device proves that it asks for one.

use service::{DeviceKey, Scope};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use values::{DeviceId, SessionId, UserId};

/// One product, open on one device.
pub(crate) struct Session {
    pub(crate) session_id: SessionId,
    pub(crate) user_id: UserId,
    pub(crate) device_id: DeviceId,
    pub(crate) product: Scope,
    pub(crate) device_key: DeviceKey,
}

/// What a known device shows to prove that it holds its key at this moment.
pub(crate) struct LogInProof<'a> {
    pub(crate) device_id: DeviceId,
    pub(crate) product: Scope,
    /// The device's clock, RFC 3339, as sent.
    pub(crate) signed_at: &'a str,
    /// ES256 in base64url over [`LogInProof::signing_text`].
    pub(crate) signature: &'a str,
}

impl LogInProof<'_> {
    /// How old a signature may be, and how far a phone's clock may be ahead.
    const AGE_MAX_SECONDS: u64 = 60;

    /// Whether the holder of `key` signed this log-in, and did so just now.
    pub(crate) fn is_by(&self, key: &DeviceKey, now: OffsetDateTime) -> bool {
        OffsetDateTime::parse(self.signed_at, &Rfc3339).is_ok_and(|signed_at| {
            let age = now.unix_timestamp().saturating_sub(signed_at.unix_timestamp());
            age.unsigned_abs() <= Self::AGE_MAX_SECONDS
                && key.verify(&self.signing_text(), self.signature).is_ok()
        })
    }

    fn signing_text(&self) -> String {
        let Self { device_id, product, signed_at, .. } = self;
        format!("payme-login-v1\n{device_id}\n{}\n{signed_at}", product.tag())
    }
}

/// Whose logins are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SessionsOf {
    /// This one.
    Login(SessionId),
    /// All of a phone.
    Device(DeviceId),
    /// All of a person but one.
    UserBut { user_id: UserId, kept: SessionId },
}
