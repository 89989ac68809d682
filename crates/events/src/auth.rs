//! Events of `auth`.

use serde::{Deserialize, Serialize};

use crate::Event;

/// A person proved a phone number, chose a PIN and registered a first device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRegisteredV1 {
    /// `usr_…`
    pub user_id: String,
    /// E.164. Personal data.
    pub phone: String,
}

/// A login ended before its tokens did: the person logged out, removed the device, or a refresh
/// token came twice. Who checks tokens without asking auth must refuse this login's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRevokedV1 {
    /// `ses_…`
    pub session_id: String,
    /// `usr_…` whose login it was.
    pub user_id: String,
}

impl Event for SessionRevokedV1 {
    const TYPE: &'static str = "payme.auth.session-revoked.v1";
}

impl Event for UserRegisteredV1 {
    const TYPE: &'static str = "payme.auth.user-registered.v1";
}
