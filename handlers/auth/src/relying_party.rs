//! Passkeys, as far as they are WebAuthn: which site they are of, and what their answers prove.
//!
//! A passkey is asked for by no name: it brings its own (a discoverable credential). So nothing
//! that a stranger can ask tells which phone numbers are registered. It must have verified its
//! user, by whatever unlocks it: that and the passkey are two factors, and take the PIN's place.

use std::time::Duration;

use serde_json::{Value, json};
use service::{ConfigError, Error};
use uuid::Uuid;
use values::Refusal;
use webauthn_rs::prelude::{
    CredentialID, Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::domain::{
    PASSKEY_CHALLENGE_INVALID, PASSKEY_CLONED, PASSKEY_INVALID, PASSKEY_NOT_VERIFIED,
    PASSKEY_ORIGIN_INVALID, PASSKEY_UNKNOWN,
};
use crate::passkey_challenges::LIFETIME_SECONDS;

/// What people see when they are asked for a passkey.
const NAME: &str = "PayMe";

/// The site that passkeys are made for.
pub struct PasskeySite {
    /// The domain that passkeys belong to, for ever: another one is another site.
    pub rp_id: String,
    /// The pages that may ask for them, separated by commas: `https://` and a host of the domain.
    pub origins: String,
}

/// Makes and checks passkeys of one site.
pub(crate) struct RelyingParty(Webauthn);

impl RelyingParty {
    pub(crate) fn new(site: &PasskeySite) -> Result<Self, ConfigError> {
        let invalid = |_| {
            let expected = "origins of AUTH_PASSKEY_RP_ID are expected, separated by commas";
            ConfigError::Invalid("AUTH_PASSKEY_ORIGINS", expected)
        };
        let origins: Vec<Url> = site
            .origins
            .split(',')
            .map(Url::parse)
            .collect::<Result<_, _>>()
            .map_err(|_| invalid(()))?;
        let mut builder = None;
        for origin in &origins {
            // Each is held against the domain.
            let alone = WebauthnBuilder::new(&site.rp_id, origin).map_err(|_| invalid(()))?;
            builder = Some(match builder {
                None => alone,
                Some(builder) => WebauthnBuilder::append_allowed_origin(builder, origin),
            });
        }
        let builder = builder.ok_or_else(|| invalid(()))?;
        let builder = builder.rp_name(NAME).timeout(Duration::from_secs(LIFETIME_SECONDS));
        Ok(Self(builder.build().map_err(|_| invalid(()))?))
    }

    /// What a browser needs to make a passkey of this account, none where one of `known` is, and
    /// what its answer is checked with.
    pub(crate) fn begin_registration(
        &self,
        account: Uuid,
        label: &str,
        known: Vec<CredentialID>,
    ) -> Result<(Value, PasskeyRegistration), Error> {
        let begun = self.0.start_passkey_registration(account, label, label, Some(known));
        let (options, state) = begun.map_err(Error::internal)?;
        let mut options = serde_json::to_value(options.public_key).map_err(Error::internal)?;
        // The crate does not ask for it; without it a passkey would not say whose it is.
        options["authenticatorSelection"]["residentKey"] = json!("required");
        options["authenticatorSelection"]["requireResidentKey"] = json!(true);
        Ok((options, state))
    }

    pub(crate) fn finish_registration(
        &self,
        credential: &RegisterPublicKeyCredential,
        state: &PasskeyRegistration,
    ) -> Result<Passkey, Refusal> {
        self.0.finish_passkey_registration(credential, state).map_err(|error| refusal(&error))
    }

    /// What a browser needs to ask for any passkey of this site, and the challenge in it.
    pub(crate) fn begin_log_in(&self) -> Result<(Value, String), Error> {
        let (options, _) = self.0.start_passkey_authentication(&[]).map_err(Error::internal)?;
        let options = serde_json::to_value(options.public_key).map_err(Error::internal)?;
        let challenge = options["challenge"].as_str().map(str::to_owned);
        Ok((options, challenge.ok_or_else(|| Error::internal("options without a challenge"))?))
    }

    /// Whether `account`'s `passkey` signed `challenge` (base64url) for a page of this site and has
    /// verified its user. Then its counter is the new one.
    pub(crate) fn check(
        &self,
        account: Uuid,
        passkey: &mut Passkey,
        assertion: &PublicKeyCredential,
        challenge: &str,
    ) -> Result<(), WebauthnError> {
        if assertion.get_user_unique_id().is_some_and(|named| named != account.as_bytes()) {
            return Err(WebauthnError::InvalidUserUniqueId);
        }
        let (_, state) = self.0.start_passkey_authentication(std::slice::from_ref(passkey))?;
        let state = with_challenge(&state, challenge)?;
        let result = self.0.finish_passkey_authentication(assertion, &state)?;
        passkey.update_credential(&result);
        Ok(())
    }
}

/// The crate only makes challenges of its own. A log-in's comes back from where it was kept, and a
/// confirmation's is what is confirmed.
fn with_challenge(
    state: &PasskeyAuthentication,
    challenge: &str,
) -> Result<PasskeyAuthentication, WebauthnError> {
    let mut state = serde_json::to_value(state)?;
    state["ast"]["challenge"] = json!(challenge);
    Ok(serde_json::from_value(state)?)
}

/// What is said of an answer that proves nothing.
pub(crate) fn refusal(error: &WebauthnError) -> Refusal {
    use WebauthnError as E;
    if matches!(error, E::MismatchedChallenge) {
        PASSKEY_CHALLENGE_INVALID
    } else if matches!(error, E::InvalidRPOrigin | E::InvalidRPIDHash | E::CredentialCrossOrigin) {
        PASSKEY_ORIGIN_INVALID
    } else if matches!(error, E::UserNotPresent | E::UserNotVerified) {
        PASSKEY_NOT_VERIFIED
    } else if matches!(error, E::InvalidUserUniqueId) {
        PASSKEY_UNKNOWN
    } else if matches!(error, E::CredentialPossibleCompromise) {
        PASSKEY_CLONED
    } else {
        PASSKEY_INVALID.because(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(rp_id: &str, origins: &str) -> Result<RelyingParty, ConfigError> {
        RelyingParty::new(&PasskeySite { rp_id: rp_id.to_owned(), origins: origins.to_owned() })
    }

    #[test]
    fn the_origins_of_a_site_are_pages_of_its_domain() {
        for origins in ["https://pay.example", "https://pay.example,https://shops.pay.example"] {
            assert!(site("pay.example", origins).is_ok(), "{origins}");
        }
        for origins in [
            "",
            "pay.example",
            "https://pay.example,",
            "https://evilpay.example",
            "https://pay.example.evil",
            "https://pay.example,https://shop.example",
        ] {
            assert!(site("pay.example", origins).is_err(), "{origins}");
        }
    }
}
