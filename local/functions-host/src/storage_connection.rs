//! How the `connection` of a queue or a blob binding leads to a storage account.

use storage_client::{Account, ConnectionStringError, Service};

use crate::connection_identity::{ConnectionIdentity, CredentialError};
use crate::settings::{Settings, SettingsError};

/// The host tries a connection's name with this in front of it as well.
const PREFIX: &str = "AzureWebJobs";
/// The connection of a binding that names none.
const DEFAULT: &str = "Storage";

/// Where a service of an account is, and by which right it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StorageConnection {
    /// The value of the setting of the connection's name.
    ConnectionString {
        /// The value.
        text: String,
        /// Which of the account's services is meant.
        service: Service,
    },
    /// The group of settings that begin with the connection's name.
    Identity {
        /// The service's URL.
        endpoint: String,
        /// Whose it is.
        identity: ConnectionIdentity,
    },
}

/// Why a connection's name leads nowhere.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResolveError {
    /// Neither the setting nor the group is there.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The group has no usable credential.
    #[error(transparent)]
    Credential(#[from] CredentialError),
}

/// Why there is no way to the account.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error(transparent)]
    Connection(#[from] ConnectionStringError),
    #[error("the identity endpoint is not usable: {0}")]
    Identity(#[from] azure_core::Error),
}

impl StorageConnection {
    /// Resolves the name of a connection: a setting that is called so wins over a group.
    pub(crate) fn resolve(
        name: Option<&str>,
        service: Service,
        settings: &Settings,
    ) -> Result<Self, ResolveError> {
        let uri = match service {
            Service::Blob => "blobServiceUri",
            Service::Queue => "queueServiceUri",
        };
        let name = name.unwrap_or(DEFAULT);
        let names = [format!("{PREFIX}{name}"), name.to_owned()];
        if let Some(text) = names.iter().find_map(|name| settings.get(name)) {
            return Ok(Self::ConnectionString { text: text.to_owned(), service });
        }
        let found = names.iter().find_map(|name| {
            let of = |suffix| settings.get(&format!("{name}__{suffix}"));
            Some((name, of(uri).or_else(|| of("serviceUri"))?))
        });
        let Some((name, endpoint)) = found else {
            return Err(SettingsError::Missing(format!("{name}__{uri}")).into());
        };
        let identity = ConnectionIdentity::resolve(name, settings)?;
        Ok(Self::Identity { endpoint: endpoint.to_owned(), identity })
    }

    /// Whether it is used by an identity.
    pub(crate) fn needs_identity(&self) -> bool {
        matches!(self, Self::Identity { .. })
    }

    /// The account, not called yet.
    pub(crate) fn open(&self) -> Result<Account, OpenError> {
        Ok(match self {
            Self::ConnectionString { text, service } => {
                Account::of_connection_string(text, *service)?
            }
            Self::Identity { endpoint, identity } => {
                Account::of_identity(endpoint, identity.credential()?)?
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(name: Option<&str>, settings: &Settings) -> Result<StorageConnection, ResolveError> {
        StorageConnection::resolve(name, Service::Queue, settings)
    }

    fn text(text: &str) -> StorageConnection {
        StorageConnection::ConnectionString { text: text.to_owned(), service: Service::Queue }
    }

    #[test]
    fn a_setting_of_the_connections_name_wins_over_the_group() {
        let settings = Settings::from([
            ("OCR_QUEUE", "AccountName=a;AccountKey=aw=="),
            ("OCR_QUEUE__queueServiceUri", "https://q"),
        ]);
        let connection = resolve(Some("OCR_QUEUE"), &settings).unwrap();
        assert_eq!(connection, text("AccountName=a;AccountKey=aw=="));
    }

    #[test]
    fn a_group_needs_an_endpoint_and_a_managed_identity() {
        let settings = Settings::from([
            ("OCR_QUEUE__queueServiceUri", "https://q"),
            ("OCR_QUEUE__credential", "managedidentity"),
            ("OCR_QUEUE__clientId", "c1"),
            ("OTHER__serviceUri", "https://o"),
        ]);
        let connection = resolve(Some("OCR_QUEUE"), &settings).unwrap();
        let identity = ConnectionIdentity { client_id: Some("c1".to_owned()) };
        let endpoint = "https://q".to_owned();
        assert_eq!(connection, StorageConnection::Identity { endpoint, identity });
        let other = resolve(Some("OTHER"), &settings).unwrap_err();
        assert!(other.to_string().contains("OTHER__credential"), "{other}");
        let none = resolve(Some("NONE"), &settings).unwrap_err();
        assert!(none.to_string().contains("NONE__queueServiceUri"), "{none}");
        let blobs = StorageConnection::resolve(Some("OCR_QUEUE"), Service::Blob, &settings);
        assert!(blobs.unwrap_err().to_string().contains("OCR_QUEUE__blobServiceUri"));
    }

    #[test]
    fn a_trigger_without_a_connection_uses_the_hosts_own_storage() {
        let settings = Settings::from([("AzureWebJobsStorage", "AccountName=a")]);
        assert_eq!(resolve(None, &settings).unwrap(), text("AccountName=a"));
    }
}
