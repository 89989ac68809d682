//! How surely the caller is the person whose login it is.

use crate::Refusal;
use crate::shared_refusals::STEP_UP_REQUIRED;

crate::code_enum! {
    /// How the caller has shown who they are, from the least to the most: each satisfies all
    /// before it. The codes are the values of `acr` in access tokens (RFC 9470).
    pub enum Level {
        /// By the login alone: the phone's key, or the token of a login by passkey.
        Device = "device",
        /// By the PIN too.
        Pin = "pin",
        /// By a passkey that has just verified its user.
        Passkey = "passkey",
    }
}

impl Level {
    /// How long after it an access token that shows a higher level than the login's may be used for
    /// an act that needs it. What is done with money is confirmed by itself.
    pub const AGE_MAX_SECONDS: u64 = 300;

    /// The values of `acr` that satisfy it, as `acr_values` of a challenge: the least first.
    pub fn acr_values(self) -> String {
        let satisfying = Self::ALL.iter().filter(|level| **level >= self);
        satisfying.map(|level| level.code()).collect::<Vec<_>>().join(" ")
    }

    /// Whether so much was shown, of an act that asks for it whatever the policy of step-up says:
    /// a policy may be older than the act.
    ///
    /// # Errors
    /// 401 `step-up-required`.
    pub fn require(self, least: Self) -> Result<(), Refusal> {
        let needed = STEP_UP_REQUIRED.for_level(least, Self::AGE_MAX_SECONDS);
        if self >= least { Ok(()) } else { Err(needed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_satisfies_all_before_it() {
        assert_eq!(Level::Pin.acr_values(), "pin passkey");
        assert_eq!(Level::Passkey.acr_values(), "passkey");
        assert!(Level::Device < Level::Pin && Level::Pin < Level::Passkey);
    }
}
