//! What a passkey is asked to sign for: an answer to one is none to another.

use serde::{Deserialize, Serialize};
use values::{EnrolmentId, Phone, SessionId};
use webauthn_rs::prelude::PasskeyRegistration;

/// How many passkeys a person can have: one in each place that keeps passkeys, and some to spare.
pub(crate) const PASSKEYS_MAX: usize = 20;

/// A ceremony that has begun, with the challenge that its answer must sign.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum Ceremony {
    /// A passkey is made for the person who gave the PIN in this login.
    Registration { session_id: SessionId, state: PasskeyRegistration },
    /// Somebody logs in with a passkey of theirs, whoever they are.
    LogIn { challenge: String },
    /// A passkey is made for a member of staff.
    StaffEnrolment { enrolment_id: EnrolmentId, state: PasskeyRegistration },
    /// A member of staff logs in.
    StaffLogIn { challenge: String },
}

/// What a person's authenticator calls the account. It may keep that elsewhere, so not all of the
/// number.
pub(crate) fn account_label(phone: &Phone) -> String {
    let digits: Vec<char> = phone.to_string().chars().rev().take(4).collect();
    format!("•••• {}", digits.iter().rev().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_known_by_the_end_of_its_number_only() {
        assert_eq!(account_label(&"+85261234567".parse().unwrap()), "•••• 4567");
    }
}
