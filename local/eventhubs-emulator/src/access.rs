//! Who is let in: whoever shows a token of platform-identity, or one signed with the namespace's
//! shared access key.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use platform_trust::Tokens;
use serde::Deserialize;
use time::OffsetDateTime;

use crate::{
    address,
    hubs::{Hub, Hubs},
};

/// What tokens of an identity are for.
const RESOURCE: &str = "https://eventhubs.azure.net";
/// The policy that each namespace has in Azure; its key may do everything.
const KEY_NAME: &str = "RootManageSharedAccessKey";
const SIGNED: &str = "SharedAccessSignature ";

/// The rights that the namespace gives.
pub(crate) struct Namespace {
    identities: Tokens,
    key: Option<hmac::Key>,
}

/// What one connection may do.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    namespace: Arc<Namespace>,
    shown: Arc<Mutex<Shown>>,
}

/// What tokens a connection has shown.
#[derive(Debug, Default)]
struct Shown {
    /// A good one, if only for a hub that does not exist.
    is_known: bool,
    /// The hubs that good ones were for, no more than there are. `None` stands for all.
    hubs: BTreeSet<Option<String>>,
}

/// Why a connection may not use a hub.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Denied {
    #[error("no token was shown for the event hub {0}")]
    NoToken(String),
    #[error("the event hub {0} does not exist")]
    NoHub(String),
}

/// A shared access signature.
#[derive(Deserialize)]
struct Signature {
    /// What it is for, and all below it.
    sr: String,
    sig: String,
    /// When it ends, in seconds since 1970.
    se: i64,
    /// The key's name.
    skn: String,
}

impl Namespace {
    /// Takes identities' tokens that are signed with the secret that the platform's parts share,
    /// and signatures by the key, if there is one.
    pub(crate) fn new(identity_secret: &str, shared_access_key: Option<&str>) -> Self {
        let identities = Tokens::signed_with(identity_secret, RESOURCE);
        let key = |key: &str| hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
        Self { identities, key: shared_access_key.map(key) }
    }

    fn admits(&self, token: &str, audience: &str, now: OffsetDateTime) -> bool {
        match token.strip_prefix(SIGNED) {
            Some(fields) => self.is_signed(fields, audience, now).unwrap_or(false),
            None => self.identities.admit(token),
        }
    }

    fn is_signed(&self, fields: &str, audience: &str, now: OffsetDateTime) -> Option<bool> {
        let signature: Signature = serde_urlencoded::from_str(fields).ok()?;
        // The signature is over the address as it is written, not as it reads.
        let written = fields.split('&').find_map(|field| field.strip_prefix("sr="))?;
        let text = format!("{written}\n{}", signature.se);
        let bytes = STANDARD.decode(signature.sig).ok()?;
        let is_genuine = hmac::verify(self.key.as_ref()?, text.as_bytes(), &bytes).is_ok();
        let covers = address::is_below(audience, &signature.sr);
        let is_current = now.unix_timestamp() < signature.se;
        Some(is_genuine && covers && is_current && signature.skn == KEY_NAME)
    }
}

impl fmt::Debug for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The key is a secret.
        f.debug_struct("Namespace").field("has_key", &self.key.is_some()).finish_non_exhaustive()
    }
}

impl Access {
    /// Of a connection that has shown nothing yet.
    pub(crate) fn to(namespace: Arc<Namespace>) -> Self {
        Self { namespace, shown: Arc::default() }
    }

    /// Lets the connection use what the token is for; says whether it is good.
    pub(crate) fn show(&self, token: &str, audience: &str, hubs: &Hubs) -> bool {
        let is_good = self.namespace.admits(token, audience, OffsetDateTime::now_utc());
        if is_good {
            let hub = address::hub_of(audience);
            let mut shown = self.shown();
            shown.is_known = true;
            if hub.is_none_or(|name| hubs.get(name).is_some()) {
                shown.hubs.insert(hub.map(str::to_owned));
            }
        }
        is_good
    }

    /// The hub, if the connection may use it. Only who showed a good token learns that there is
    /// none.
    pub(crate) fn hub<'a>(&self, name: &str, hubs: &'a Hubs) -> Result<&'a Arc<Hub>, Denied> {
        let shown = self.shown();
        match hubs.get(name) {
            Some(hub) if shown.covers(name) => Ok(hub),
            None if shown.is_known => Err(Denied::NoHub(name.to_owned())),
            Some(_) | None => Err(Denied::NoToken(name.to_owned())),
        }
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shown {
    fn covers(&self, hub: &str) -> bool {
        self.hubs.contains(&None) || self.hubs.contains(&Some(hub.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: i64 = 1_800_000_000;

    fn is_admitted(token: &str, audience: &str) -> bool {
        let now = OffsetDateTime::from_unix_timestamp(AT).unwrap();
        Namespace::new("secret", Some("key")).admits(token, audience, now)
    }

    fn signed(key: &str, name: &str, to: &str, until: i64) -> String {
        let written: String = serde_urlencoded::to_string([("sr", to)]).unwrap();
        let text = format!("{}\n{until}", written.trim_start_matches("sr="));
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
        let sig = STANDARD.encode(hmac::sign(&key, text.as_bytes()));
        let sig = serde_urlencoded::to_string([("sig", sig)]).unwrap();
        format!("SharedAccessSignature {written}&{sig}&se={until}&skn={name}")
    }

    #[test]
    fn a_signature_by_the_key_is_good_until_its_end_for_what_it_names_and_below() {
        let signed_until = |to: &str, until| signed("key", KEY_NAME, to, until);
        let hub = "amqps://ns.example/orders";
        for (token, is_good) in [
            (signed_until("sb://ns.example/orders", AT + 1), true),
            (signed_until("sb://ns.example/", AT + 1), true),
            // Go's SDK signs all in small letters.
            (signed_until("sb://ns.example/ORDERS", AT + 1), true),
            (signed_until("sb://ns.example/orders/ConsumerGroups/g", AT + 1), false),
            (signed_until("sb://ns.example/order", AT + 1), false),
            (signed_until("sb://ns.example/orders", AT), false),
            (signed("another", KEY_NAME, "sb://ns.example/orders", AT + 1), false),
            (signed("key", "another", "sb://ns.example/orders", AT + 1), false),
            ("SharedAccessSignature sr=x".to_owned(), false),
            ("token".to_owned(), false),
        ] {
            assert_eq!(is_admitted(&token, hub), is_good, "{token}");
        }
    }

    #[test]
    fn without_a_key_nothing_is_signed_with_it() {
        let token = signed("", KEY_NAME, "sb://ns/orders", i64::MAX);
        assert!(!Namespace::new("secret", None).admits(
            &token,
            "sb://ns/orders",
            OffsetDateTime::UNIX_EPOCH
        ));
    }
}
