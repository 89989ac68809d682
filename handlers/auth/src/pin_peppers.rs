//! The secrets that a PIN is mixed with before it is hashed.
//!
//! A PIN has a million values, so a hash alone keeps it for some core-hours from whoever reads the
//! table. With a secret that is not in the database the table alone tells nothing.
//!
//! A stored hash names the pepper that it was made with, by an id before its PHC form; one without
//! an id was made before there were peppers. The first pepper is for new hashes. One may be taken
//! out only when no hash names it any more: whose hash does has to reset the PIN.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use service::ConfigError;

use crate::domain::Pin;

const BYTES_MIN: usize = 32;
/// Bytes of a pepper's digest that are its id, each two digits.
const ID_BYTES: usize = 4;

/// All peppers, the first of which is for new hashes.
pub(crate) struct Peppers(Vec<Pepper>);

/// One secret.
pub(crate) struct Pepper {
    id: String,
    key: hmac::Key,
}

/// A hash names a pepper that is not among ours.
#[derive(Debug, thiserror::Error)]
#[error("a PIN's hash was made with pepper {0:?}, which is not there")]
pub(crate) struct UnknownPepper(String);

impl Peppers {
    /// From keys of at least 32 bytes in base64, separated by commas.
    pub(crate) fn new(text: &str) -> Result<Self, ConfigError> {
        let peppers: Option<Vec<Pepper>> = text.split(',').map(Pepper::new).collect();
        let expected = "base64 keys of 32 bytes are expected, separated by commas";
        peppers.map(Self).ok_or(ConfigError::Invalid("AUTH_PIN_PEPPERS", expected))
    }

    /// The one for new hashes. There always is one, since splitting a text gives a part at least.
    pub(crate) fn first(&self) -> Option<&Pepper> {
        self.0.first()
    }

    /// What a stored hash was made with, and the hash in its PHC form.
    pub(crate) fn of<'a>(
        &self,
        stored: &'a str,
    ) -> Result<(Option<&Pepper>, &'a str), UnknownPepper> {
        let (id, phc) = stored.split_at(stored.find('$').unwrap_or(0));
        if id.is_empty() {
            return Ok((None, phc));
        }
        let pepper = self.0.iter().find(|pepper| pepper.id == id);
        pepper.map(|pepper| (Some(pepper), phc)).ok_or_else(|| UnknownPepper(id.to_owned()))
    }
}

impl Pepper {
    fn new(text: &str) -> Option<Self> {
        let key = STANDARD.decode(text).ok().filter(|key| key.len() >= BYTES_MIN)?;
        let named = digest(&SHA256, &[b"payme-pin-pepper", &*key].concat());
        let id = named.as_ref().iter().take(ID_BYTES).map(|byte| format!("{byte:02x}"));
        Some(Self { id: id.collect(), key: hmac::Key::new(hmac::HMAC_SHA256, &key) })
    }

    /// What stands before a hash that was made with it.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// What is hashed in place of the PIN.
    pub(crate) fn mix(&self, pin: &Pin) -> hmac::Tag {
        hmac::sign(&self.key, pin.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(byte: u8) -> String {
        STANDARD.encode([byte; 32])
    }

    #[test]
    fn a_hash_is_of_the_pepper_that_it_names_wherever_that_stands() {
        let first = Peppers::new(&text(1)).unwrap();
        let id = first.first().unwrap().id().to_owned();
        let stored = format!("{id}$argon2id$rest");
        let both = Peppers::new(&format!("{},{}", text(2), text(1))).unwrap();
        assert_ne!(both.first().unwrap().id(), id);
        for peppers in [&first, &both] {
            let (pepper, phc) = peppers.of(&stored).unwrap();
            assert_eq!((pepper.unwrap().id(), phc), (&*id, "$argon2id$rest"));
            let (none, phc) = peppers.of("$argon2id$rest").unwrap();
            assert!(none.is_none() && phc == "$argon2id$rest");
        }
        assert!(Peppers::new(&text(2)).unwrap().of(&stored).is_err());
    }

    #[test]
    fn an_id_tells_nothing_of_its_pepper_and_a_short_one_stops_the_start() {
        let peppers = Peppers::new(&text(1)).unwrap();
        let id = peppers.first().unwrap().id();
        assert_eq!((id.len(), text(1).contains(id)), (8, false));
        for wrong in ["", "AAAA", "not base64", &format!("{},", text(1)), &STANDARD.encode([1; 31])]
        {
            assert!(Peppers::new(wrong).is_err(), "{wrong}");
        }
    }
}
