//! Connection strings of storage accounts: `AccountName=…;AccountKey=…;QueueEndpoint=…`.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const PUBLIC_SUFFIX: &str = "core.windows.net";

/// Why a connection cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectionStringError {
    /// A part that an account with a key needs is missing.
    #[error("the connection string has no {0}")]
    Missing(&'static str),
    /// The key is not base64.
    #[error("the AccountKey of the connection string is not base64")]
    Key,
    /// The endpoint is no URL.
    #[error("the endpoint of the storage account is not a URL")]
    Endpoint,
    /// TLS cannot be set up.
    #[error("this machine has no certificates to trust")]
    Trust,
}

/// Which service of an account is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Blobs.
    Blob,
    /// Queues.
    Queue,
}

/// What a connection string says about one service.
pub(crate) struct Named {
    pub(crate) account: String,
    pub(crate) key: Vec<u8>,
    pub(crate) endpoint: String,
}

pub(crate) fn parse(text: &str, service: Service) -> Result<Named, ConnectionStringError> {
    let parts: BTreeMap<&str, &str> =
        text.split(';').filter_map(|part| part.split_once('=')).collect();
    let get = |name| parts.get(name).copied().ok_or(ConnectionStringError::Missing(name));
    let (account, key) = (get("AccountName")?, get("AccountKey")?);
    let (named, domain) = match service {
        Service::Blob => ("BlobEndpoint", "blob"),
        Service::Queue => ("QueueEndpoint", "queue"),
    };
    let endpoint = get(named).map(str::to_owned).unwrap_or_else(|_| {
        let protocol = get("DefaultEndpointsProtocol").unwrap_or("https");
        let suffix = get("EndpointSuffix").unwrap_or(PUBLIC_SUFFIX);
        format!("{protocol}://{account}.{domain}.{suffix}")
    });
    let key = STANDARD.decode(key).map_err(|_| ConnectionStringError::Key)?;
    Ok(Named { account: account.to_owned(), key, endpoint })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_that_is_not_named_follows_from_the_accounts_name() {
        let named = parse("AccountName=a;AccountKey=aw==;EndpointSuffix=x.cn", Service::Queue);
        assert_eq!(named.unwrap().endpoint, "https://a.queue.x.cn");
        let named = parse("AccountName=a;AccountKey=aw==;BlobEndpoint=http://b/a", Service::Blob);
        assert_eq!(named.unwrap().endpoint, "http://b/a");
    }

    #[test]
    fn what_is_missing_is_named() {
        let missing = |text| parse(text, Service::Queue).err();
        assert_eq!(missing("AccountName=a"), Some(ConnectionStringError::Missing("AccountKey")));
        assert_eq!(missing("AccountName=a;AccountKey=?"), Some(ConnectionStringError::Key));
    }
}
