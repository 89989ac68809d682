//! How a queue trigger's `connection` leads to a storage account.

use storage_client::{Account, ConnectionStringError, Service};

use crate::connection_identity::{ConnectionIdentity, CredentialError};
use crate::settings::{Settings, SettingsError};

/// The host tries a connection's name with this in front of it as well.
const PREFIX: &str = "AzureWebJobs";
/// The connection of a trigger that names none.
const DEFAULT: &str = "Storage";

/// Where a queue is, and by which right it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum QueueConnection {
    /// The value of the setting of the connection's name.
    ConnectionString(String),
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

impl QueueConnection {
    /// Resolves the name of a connection: a setting that is called so wins over a group.
    pub(crate) fn resolve(name: Option<&str>, settings: &Settings) -> Result<Self, ResolveError> {
        let name = name.unwrap_or(DEFAULT);
        let names = [format!("{PREFIX}{name}"), name.to_owned()];
        if let Some(text) = names.iter().find_map(|name| settings.get(name)) {
            return Ok(Self::ConnectionString(text.to_owned()));
        }
        let found = names.iter().find_map(|name| {
            let of = |suffix| settings.get(&format!("{name}__{suffix}"));
            Some((name, of("queueServiceUri").or_else(|| of("serviceUri"))?))
        });
        let Some((name, endpoint)) = found else {
            return Err(SettingsError::Missing(format!("{name}__queueServiceUri")).into());
        };
        let identity = ConnectionIdentity::resolve(name, settings)?;
        Ok(Self::Identity { endpoint: endpoint.to_owned(), identity })
    }

    /// The account, not called yet.
    pub(crate) fn open(&self) -> Result<Account, OpenError> {
        Ok(match self {
            Self::ConnectionString(text) => Account::of_connection_string(text, Service::Queue)?,
            Self::Identity { endpoint, identity } => {
                Account::of_identity(endpoint, identity.credential()?)?
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_of_the_connections_name_wins_over_the_group() {
        let settings = Settings::from([
            ("OCR_QUEUE", "AccountName=a;AccountKey=aw=="),
            ("OCR_QUEUE__queueServiceUri", "https://q"),
        ]);
        let connection = QueueConnection::resolve(Some("OCR_QUEUE"), &settings).unwrap();
        let text = "AccountName=a;AccountKey=aw==".to_owned();
        assert_eq!(connection, QueueConnection::ConnectionString(text));
    }

    #[test]
    fn a_group_needs_an_endpoint_and_a_managed_identity() {
        let settings = Settings::from([
            ("OCR_QUEUE__queueServiceUri", "https://q"),
            ("OCR_QUEUE__credential", "managedidentity"),
            ("OCR_QUEUE__clientId", "c1"),
            ("OTHER__serviceUri", "https://o"),
        ]);
        let connection = QueueConnection::resolve(Some("OCR_QUEUE"), &settings).unwrap();
        let identity = ConnectionIdentity { client_id: Some("c1".to_owned()) };
        let endpoint = "https://q".to_owned();
        assert_eq!(connection, QueueConnection::Identity { endpoint, identity });
        let other = QueueConnection::resolve(Some("OTHER"), &settings).unwrap_err();
        assert!(other.to_string().contains("OTHER__credential"), "{other}");
        let none = QueueConnection::resolve(Some("NONE"), &settings).unwrap_err();
        assert!(none.to_string().contains("NONE__queueServiceUri"), "{none}");
    }

    #[test]
    fn a_trigger_without_a_connection_uses_the_hosts_own_storage() {
        let settings = Settings::from([("AzureWebJobsStorage", "AccountName=a")]);
        let connection = QueueConnection::resolve(None, &settings).unwrap();
        assert_eq!(connection, QueueConnection::ConnectionString("AccountName=a".to_owned()));
    }
}
