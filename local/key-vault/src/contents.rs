//! Keys and secrets, each with all its versions.

use std::collections::BTreeMap;

use aws_lc_rs::error::Unspecified;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::refusal::Refusal;
use crate::rsa_key::RsaKey;

/// The most keys, and the most secrets.
const NAMES_MAX: usize = 100;
/// The most versions of one.
const VERSIONS_MAX: usize = 100;
/// Key Vault's own limits.
const NAME_CHARS_MAX: usize = 127;
const SECRET_BYTES_MAX: usize = 25 * 1024;
/// What a secret that was asked for at the start is made of.
const RANDOM_BYTES: usize = 32;

/// All that the vault keeps.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Contents {
    pub(crate) keys: BTreeMap<String, Versions<RsaKey>>,
    pub(crate) secrets: BTreeMap<String, Versions<Secret>>,
}

/// The versions of one thing, the newest last; there is at least one.
pub(crate) type Versions<T> = Vec<Version<T>>;

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Version<T> {
    pub(crate) id: String,
    /// Seconds since 1970.
    pub(crate) created: i64,
    pub(crate) value: T,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Secret {
    pub(crate) value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content_type: Option<String>,
}

impl Contents {
    /// Makes those of the named keys and secrets that are not there.
    pub(crate) fn create_missing(
        &mut self,
        keys: &[String],
        secrets: &[String],
    ) -> Result<(), Refusal> {
        for name in keys {
            if !self.keys.contains_key(name) {
                self.add_key(name)?;
            }
        }
        for name in secrets {
            if !self.secrets.contains_key(name) {
                let mut value = [0; RANDOM_BYTES];
                aws_lc_rs::rand::fill(&mut value).map_err(|Unspecified| Refusal::NotKept)?;
                let value = STANDARD.encode(value);
                self.add_secret(name, Secret { value, content_type: None })?;
            }
        }
        Ok(())
    }

    /// A new key, or a new version of one.
    pub(crate) fn add_key(&mut self, name: &str) -> Result<&Version<RsaKey>, Refusal> {
        let key = RsaKey::random().map_err(|Unspecified| Refusal::NotKept)?;
        add(&mut self.keys, name, key)
    }

    /// A new secret, or a new version of one.
    pub(crate) fn add_secret(
        &mut self,
        name: &str,
        secret: Secret,
    ) -> Result<&Version<Secret>, Refusal> {
        if secret.value.len() > SECRET_BYTES_MAX {
            return Err(Refusal::BadParameter("a secret has at most 25 KiB"));
        }
        add(&mut self.secrets, name, secret)
    }

    pub(crate) fn key(&self, name: &str, version: &str) -> Result<&Version<RsaKey>, Refusal> {
        find(&self.keys, name, version).ok_or(Refusal::KeyNotFound)
    }

    pub(crate) fn secret(&self, name: &str, version: &str) -> Result<&Version<Secret>, Refusal> {
        find(&self.secrets, name, version).ok_or(Refusal::SecretNotFound)
    }
}

/// The newest where `version` is empty.
fn find<'a, T>(
    all: &'a BTreeMap<String, Versions<T>>,
    name: &str,
    version: &str,
) -> Option<&'a Version<T>> {
    let versions = all.get(name)?;
    if version.is_empty() {
        return versions.last();
    }
    versions.iter().find(|candidate| candidate.id == version)
}

fn add<'a, T>(
    all: &'a mut BTreeMap<String, Versions<T>>,
    name: &str,
    value: T,
) -> Result<&'a Version<T>, Refusal> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if !(1..=NAME_CHARS_MAX).contains(&name.len()) || !name.bytes().all(is_plain) {
        return Err(Refusal::BadParameter("a name is of letters, digits and hyphens"));
    }
    if all.len() >= NAMES_MAX && !all.contains_key(name) {
        return Err(Refusal::Full);
    }
    let versions = all.entry(name.to_owned()).or_default();
    if versions.len() >= VERSIONS_MAX {
        return Err(Refusal::Full);
    }
    let id = Uuid::new_v4().simple().to_string();
    let created = OffsetDateTime::now_utc().unix_timestamp();
    versions.push(Version { id, created, value });
    versions.last().ok_or(Refusal::NotKept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(value: &str) -> Secret {
        Secret { value: value.to_owned(), content_type: None }
    }

    #[test]
    fn an_older_version_stays_beside_the_newest() {
        let mut contents = Contents::default();
        let old = contents.add_secret("s", secret("old")).unwrap().id.clone();
        contents.add_secret("s", secret("new")).unwrap();
        assert_eq!(contents.secret("s", "").unwrap().value.value, "new");
        assert_eq!(contents.secret("s", &old).unwrap().value.value, "old");
        assert_eq!(contents.secret("s", "0f").err(), Some(Refusal::SecretNotFound));
    }

    #[test]
    fn what_is_there_at_the_start_is_not_made_anew() {
        let mut contents = Contents::default();
        let names = ["one".to_owned()];
        contents.create_missing(&names, &names).unwrap();
        let made = contents.secret("one", "").unwrap().value.value.clone();
        assert_eq!(STANDARD.decode(&made).unwrap().len(), RANDOM_BYTES);
        contents.create_missing(&names, &names).unwrap();
        assert_eq!(contents.secret("one", "").unwrap().value.value, made);
        assert_eq!(contents.keys["one"].len(), 1);
    }

    #[test]
    fn a_full_vault_takes_neither_names_nor_versions() {
        let mut contents = Contents::default();
        for number in 0..NAMES_MAX {
            contents.add_secret(&format!("s{number}"), secret("v")).unwrap();
        }
        assert_eq!(contents.add_secret("more", secret("v")).err(), Some(Refusal::Full));
        for _ in 1..VERSIONS_MAX {
            contents.add_secret("s0", secret("v")).unwrap();
        }
        assert_eq!(contents.add_secret("s0", secret("v")).err(), Some(Refusal::Full));
    }

    #[test]
    fn a_name_that_is_none_and_a_secret_too_long_are_refused() {
        let mut contents = Contents::default();
        for name in ["", "a/b", "a_b", "ä", &"a".repeat(128)] {
            assert!(contents.add_secret(name, secret("v")).is_err(), "{name}");
        }
        let long = secret(&"v".repeat(SECRET_BYTES_MAX + 1));
        assert!(contents.add_secret("s", long).is_err());
        assert!(contents.secrets.is_empty());
    }
}
