//! Events of `auth`.

use serde::{Deserialize, Serialize};

use crate::Event;

/// A person proved a phone number, chose a PIN and registered a first device. The number stays with
/// auth: no consumer needs it, and a bus forgets nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRegisteredV1 {
    /// `usr_…`
    pub user_id: String,
}

/// A login ended before its tokens did: the person logged out, logged in again on the device,
/// removed the device, changed the PIN or recovered the account, one of the staff ended it, or a
/// refresh token came too late. Services that check
/// tokens do not wait for it: they poll auth, which is sooner. What is kept for a login
/// dies by this event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRevokedV1 {
    /// `ses_…`
    pub session_id: String,
    /// `usr_…` whose login it was.
    pub user_id: String,
}

/// Something happened to a person's account that they should learn of, whichever app they open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityEventRecordedV1 {
    /// `usr_…` whose account it is.
    pub user_id: String,
    /// `device-added`, `device-removed`, `passkey-added`, `passkey-removed`, `passkey-cloned`,
    /// `pin-changed`, `pin-reset-asked`, `pin-reset-cancelled`, `pin-reset`, `phone-changed`,
    /// `pin-locked`, `codes-locked`, `token-reused`, `logged-out-by-staff`, `recovery-asked`,
    /// `recovery-cancelled` or `account-recovered`; there may be more some day.
    pub kind: String,
}

impl Event for SecurityEventRecordedV1 {
    const TYPE: &'static str = "payme.auth.security-event-recorded.v1";
}

impl Event for SessionRevokedV1 {
    const TYPE: &'static str = "payme.auth.session-revoked.v1";
}

impl Event for UserRegisteredV1 {
    const TYPE: &'static str = "payme.auth.user-registered.v1";
}
