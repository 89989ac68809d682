//! Every setting of this service.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use outbox::Hub;
use service::{ConfigError, managed_identity, required_var};

use crate::NAME;

/// The settings, all required.
pub struct Config {
    /// `mysql://` URL of the service's own schema.
    pub mysql_url: String,
    /// The same on the server that lists are read on.
    pub replica_mysql_url: String,
    /// The auth service: `https://<host>/api/v1/auth`.
    pub auth_url: String,
    /// The notification service: `https://<host>/api/v1/notifications`.
    pub notification_url: String,
    /// Who answers for the bank.
    pub bank: Bank,
    /// The vault that wraps the keys of shops' programs: `https://<name>.vault.azure.net`.
    pub vault_url: String,
    /// The vault of `notification`, by whose key a program's signing key is sealed for it.
    pub sealing_vault_url: String,
    /// Who may wrap and unwrap in both.
    pub vault_credential: Arc<dyn TokenCredential>,
    /// Where this service's events go.
    pub hub: Hub,
}

/// Who answers for the bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bank {
    /// A bank that does not exist, and that misbehaves for some amounts: never where money is real.
    Sandbox,
    /// Operators, with what the bank told them (`ops/settle`), until a bank is connected.
    Operators,
}

impl Bank {
    /// Whether this service tells it what to do; else operators do.
    pub(crate) fn is_instructed(self) -> bool {
        self == Self::Sandbox
    }
}

impl Config {
    /// Reads the process environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        let mysql_url = required_var("PAYMENTS_MYSQL_URL")?;
        Ok(Self {
            replica_mysql_url: at(&required_var("PAYMENTS_REPLICA_ADDRESS")?, &mysql_url)?,
            mysql_url,
            auth_url: required_var("AUTH_URL")?,
            notification_url: required_var("PAYMENTS_NOTIFICATION_URL")?,
            bank: bank(&required_var("PAYMENTS_BANK")?)?,
            vault_url: required_var("PAYMENTS_VAULT_URL")?,
            sealing_vault_url: required_var("PAYMENTS_SEALING_VAULT_URL")?,
            vault_credential: managed_identity(required_var("AZURE_CLIENT_ID")?)?,
            hub: Hub::from_env(NAME, "PAYMENTS_EVENTS_ENDPOINT")?,
        })
    }
}

/// A schema's URL on another server. A replica has its primary's users and their passwords, so its
/// setting is an address (`host:port`) and no second copy of the password, which would have to be
/// rotated with the first.
fn at(address: &str, mysql_url: &str) -> Result<String, ConfigError> {
    let parts = mysql_url.rsplit_once('@').and_then(|(account, server)| {
        let (_, schema) = server.split_once('/')?;
        Some(format!("{account}@{address}/{schema}"))
    });
    parts.ok_or(ConfigError::Invalid("PAYMENTS_MYSQL_URL", "an account and a schema are expected"))
}

fn bank(name: &str) -> Result<Bank, ConfigError> {
    match name {
        "sandbox" => Ok(Bank::Sandbox),
        "operators" => Ok(Bank::Operators),
        _ => Err(ConfigError::Invalid("PAYMENTS_BANK", "`sandbox` or `operators` is expected")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_differs_from_its_primary_in_the_address_only() {
        let primary = "mysql://payments:p%40ss@primary:3306/payments?require_ssl=true";
        let replica = "mysql://payments:p%40ss@replica:3307/payments?require_ssl=true";
        assert_eq!(at("replica:3307", primary).unwrap(), replica);
        assert!(at("replica:3307", "mysql://primary:3306").is_err());
    }

    #[test]
    fn nobody_meets_the_sandbox_by_a_misspelt_setting() {
        assert_eq!(bank("sandbox").unwrap(), Bank::Sandbox);
        assert_eq!(bank("operators").unwrap(), Bank::Operators);
        for other in ["", "Sandbox", "sandbox ", "none"] {
            assert!(bank(other).is_err(), "{other}");
        }
    }
}
