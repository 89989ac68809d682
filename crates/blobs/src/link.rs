//! Links: shared access signatures under a user delegation key, version 2022-11-02.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use azure_core::http::Url;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use service::{ConfigError, required_var};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

/// Newer versions sign more fields.
const VERSION: &str = "2022-11-02";
/// One blob.
const RESOURCE: &str = "b";
const PROTOCOL: &str = "https";
/// Whole seconds in UTC.
const SECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

/// What a link lets its holder do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Upload once what is not there yet.
    Create,
    /// Download.
    Read,
}

impl Permission {
    const fn code(self) -> &'static str {
        match self {
            Self::Create => "c",
            Self::Read => "r",
        }
    }
}

/// A link. It lets in whoever has it, so it has no `Debug` form.
pub struct Link {
    /// Where to send the request.
    pub url: String,
    /// From then on it is good for nothing.
    pub expires_at: OffsetDateTime,
}

/// A storage account: where its service reaches it, and where clients do.
pub struct BlobAddress {
    pub(crate) url: Url,
    name: String,
    /// What stands before the container in links.
    links: Url,
}

impl BlobAddress {
    /// By the settings `account`, `https://<name>.blob.core.windows.net`, and `links`, where what
    /// stands between clients and the account hands on paths that begin with a container.
    pub fn from_env(account: &'static str, links: &'static str) -> Result<Self, ConfigError> {
        Self::at(&required_var(account)?, &required_var(links)?)
            .ok_or(ConfigError::Invalid(account, "no account's address, or the links' is no URL"))
    }

    /// The account's name is the first label of the host in Azure, and the path's first part where
    /// accounts have no hosts of their own.
    pub fn at(account: &str, links: &str) -> Option<Self> {
        let mut url = Url::parse(account).ok().filter(|url| url.scheme() == PROTOCOL)?;
        let links = Url::parse(links).ok().filter(|url| url.scheme() == PROTOCOL)?;
        let path = url.path().trim_matches('/').to_owned();
        let label = url.host_str()?.split('.').next()?;
        let name = if path.is_empty() { label.to_owned() } else { path.clone() };
        url.set_path(&path);
        Some(Self { url, name, links })
    }
}

/// A key that the account gave to this service's identity.
pub struct SigningKey {
    pub(crate) value: Vec<u8>,
    pub(crate) object_id: String,
    pub(crate) tenant_id: String,
    pub(crate) start: OffsetDateTime,
    pub(crate) expiry: OffsetDateTime,
    pub(crate) service: String,
    pub(crate) version: String,
}

impl SigningKey {
    pub(crate) fn lasts_until(&self, moment: OffsetDateTime) -> bool {
        self.expiry > moment
    }

    /// A link to a blob, good between two moments.
    pub(crate) fn sign(
        &self,
        account: &BlobAddress,
        container: &str,
        blob_name: &str,
        permission: Permission,
        (from, until): (OffsetDateTime, OffsetDateTime),
    ) -> Result<Link, time::error::Format> {
        let [from, expires_on, key_start, key_expiry] =
            [from, until, self.start, self.expiry].map(seconds);
        let (from, expires_on, key_start, key_expiry) =
            (from?, expires_on?, key_start?, key_expiry?);
        let path = format!("/blob/{}/{container}/{blob_name}", account.name);
        // An empty line is a field that is not used.
        let to_sign = [
            permission.code(),
            &from,
            &expires_on,
            &path,
            &self.object_id,
            &self.tenant_id,
            &key_start,
            &key_expiry,
            &self.service,
            &self.version,
            "",
            "",
            "",
            "",
            PROTOCOL,
            VERSION,
            RESOURCE,
            "",
            "",
            "",
            "",
            "",
            "",
            "",
        ]
        .join("\n");
        let signature = sign(&Key::new(HMAC_SHA256, &self.value), to_sign.as_bytes());
        let mut url = account.links.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push(container).extend(blob_name.split('/'));
        }
        url.query_pairs_mut()
            .append_pair("sv", VERSION)
            .append_pair("sr", RESOURCE)
            .append_pair("sp", permission.code())
            .append_pair("st", &from)
            .append_pair("se", &expires_on)
            .append_pair("spr", PROTOCOL)
            .append_pair("skoid", &self.object_id)
            .append_pair("sktid", &self.tenant_id)
            .append_pair("skt", &key_start)
            .append_pair("ske", &key_expiry)
            .append_pair("sks", &self.service)
            .append_pair("skv", &self.version)
            .append_pair("sig", &STANDARD.encode(signature));
        Ok(Link { url: url.into(), expires_at: until })
    }
}

fn seconds(moment: OffsetDateTime) -> Result<String, time::error::Format> {
    moment.to_offset(UtcOffset::UTC).format(SECONDS)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn key() -> SigningKey {
        SigningKey {
            value: (0..32).collect(),
            object_id: "c1d6a3f2-0b1f-4a5c-9e0b-7c7f2d1b6e02".to_owned(),
            tenant_id: "9b0a6c1e-53c4-4c5e-8f57-5f1f6c0f7a01".to_owned(),
            start: datetime!(2026-11-28 08:00 UTC),
            expiry: datetime!(2026-11-29 08:00 UTC),
            service: "b".to_owned(),
            version: "2026-04-06".to_owned(),
        }
    }

    fn link(address: &str, links: &str) -> String {
        let account = BlobAddress::at(address, links).unwrap();
        let name = "2026/11/28/doc_01h455vb4pex5vsknk084sn02q";
        let times = (datetime!(2026-11-28 16:30 +8), datetime!(2026-11-28 08:40 UTC));
        key().sign(&account, "documents", name, Permission::Create, times).unwrap().url
    }

    #[test]
    fn a_link_is_signed_over_the_documented_text() {
        // Computed from the documented string-to-sign with Python's hmac.
        for (address, links, path, signature) in [
            (
                "https://paymedocs.blob.core.windows.net",
                "https://payme.example.com",
                "https://payme.example.com/documents/2026/11/28/doc_",
                "0rVEv6tDrqXvHR67lXj0//tGIABQrKXJBEYMTLNAarw=",
            ),
            (
                "https://127.0.0.1:27100/devstoreaccount1",
                "https://127.0.0.1:27100/devstoreaccount1",
                "https://127.0.0.1:27100/devstoreaccount1/documents/2026/11/28/doc_",
                "AeQSPMGFJrTFinjlsNZnz5ByzLtMyhnKWf3qArSuqL0=",
            ),
        ] {
            let url = link(address, links);
            assert!(url.starts_with(path), "{url}");
            let pairs: Vec<(String, String)> =
                Url::parse(&url).unwrap().query_pairs().into_owned().collect();
            let value = |name: &str| {
                let mut found = pairs.iter().filter(|(other, _)| other == name);
                let value = found.next().map(|(_, value)| value.clone());
                assert!(found.next().is_none());
                value.unwrap()
            };
            assert_eq!(
                (value("sp"), value("sr"), value("spr")),
                ("c".into(), "b".into(), "https".into())
            );
            assert_eq!(value("st"), "2026-11-28T08:30:00Z");
            assert_eq!(value("se"), "2026-11-28T08:40:00Z");
            assert_eq!(value("sig"), signature);
        }
        let links = "https://payme.example.com";
        assert_eq!(
            link("https://paymedocs.blob.core.windows.net/", links),
            link("https://paymedocs.blob.core.windows.net", links)
        );
    }

    #[test]
    fn an_account_is_reached_by_https_only() {
        let (account, links) = ("https://a.blob.core.windows.net", "https://payme.example.com");
        assert!(BlobAddress::at(account, links).is_some());
        assert!(BlobAddress::at("http://a.blob.core.windows.net", links).is_none());
        assert!(BlobAddress::at(account, "http://payme.example.com").is_none());
    }
}
