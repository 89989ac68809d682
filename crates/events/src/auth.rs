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

impl Event for UserRegisteredV1 {
    const TYPE: &'static str = "payme.auth.user-registered.v1";
}
