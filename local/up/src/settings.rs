//! The settings of all services, as `local.settings.json` holds them for Core Tools.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::error::Error;
use crate::ports::Ports;
use crate::programs::CHECKOUT;

/// In the names of settings that say where a service's event hub is. They are no secrets, and every
/// service that consumes its events needs them.
const EVENT_CONNECTION: &str = "_EVENTS__";

/// Every app gets these; any other setting goes to the service whose prefix it bears.
const SHARED: [&str; 7] = [
    "FUNCTIONS_WORKER_RUNTIME",
    "AzureWebJobsStorage",
    "AZURE_CLIENT_ID",
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "AUTH_URL",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
];

/// Setting names and values, of all services together.
#[derive(Debug)]
pub(crate) struct Settings(BTreeMap<String, String>);

impl Settings {
    /// Reads the checkout's `local.settings.json.example`, and over it the developer's own
    /// `local.settings.json` if there is one, with local addresses moved to `ports`.
    ///
    /// # Errors
    /// `Settings` or `Io`, naming the file.
    pub(crate) fn load(ports: Ports) -> Result<Self, Error> {
        let mut values = read(&Path::new(CHECKOUT).join("local.settings.json.example"))?;
        let own = Path::new(CHECKOUT).join("local.settings.json");
        if own.exists() {
            values.extend(read(&own)?);
        }
        let moved = values.into_iter().map(|(name, value)| (name, ports.move_addresses(&value)));
        Ok(Self(moved.collect()))
    }

    /// # Errors
    /// `Settings` naming the setting that is missing.
    pub(crate) fn get(&self, name: &str) -> Result<&str, Error> {
        let value = self.0.get(name).map(String::as_str);
        value.ok_or_else(|| Error::Settings(format!("{name} is not set in local.settings.json")))
    }

    /// The names of the secrets of the vault at `url` that settings refer to.
    pub(crate) fn secrets_of(&self, url: &str) -> Vec<&str> {
        let start = format!("@Microsoft.KeyVault(SecretUri={url}/secrets/");
        let named = |value| String::as_str(value).strip_prefix(&*start)?.strip_suffix(')');
        self.0.values().filter_map(named).collect()
    }

    /// The settings that concern `service`.
    pub(crate) fn of(&self, service: &str) -> BTreeMap<&str, &str> {
        let prefix = format!("{}_", prefix(service));
        let all = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let concerns = |name: &str| {
            SHARED.contains(&name) || name.starts_with(&prefix) || name.contains(EVENT_CONNECTION)
        };
        all.filter(|(name, _)| concerns(name)).collect()
    }

    /// The text of the `local.settings.json` of one app.
    pub(crate) fn local_settings_json(&self, service: &str) -> String {
        format!("{:#}\n", json!({ "IsEncrypted": false, "Values": self.of(service) }))
    }
}

/// What the names of a service's settings begin with, before an underscore.
pub(crate) fn prefix(service: &str) -> String {
    service.replace('-', "_").to_uppercase()
}

fn read(path: &Path) -> Result<BTreeMap<String, String>, Error> {
    let named = |problem: &str| Error::Settings(format!("{}: {problem}", path.display()));
    let text =
        fs::read_to_string(path).map_err(Error::io(format!("cannot read {}", path.display())))?;
    let file: Value = serde_json::from_str(&text).map_err(|error| named(&error.to_string()))?;
    let values = file.get("Values").cloned().ok_or_else(|| named("it has no \"Values\""))?;
    serde_json::from_value(values).map_err(|error| named(&format!("in \"Values\": {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_sees_shared_settings_and_its_own_but_nobody_elses_secrets() {
        let settings = Settings::load(Ports::from_base("27").unwrap()).unwrap();
        let payments = settings.of("payments");
        assert!(payments.contains_key("PAYMENTS_MYSQL_URL"));
        assert!(payments.contains_key("AUTH_URL"));
        assert!(!payments.contains_key("AUTH_TOKEN_SIGNING_KEYS"));
    }

    #[test]
    fn another_port_base_moves_every_local_address() {
        let settings = Settings::load(Ports::from_base("29").unwrap()).unwrap();
        assert_eq!(settings.get("AUTH_SMS_ENDPOINT").unwrap(), "http://127.0.0.1:29081");
        assert_eq!(settings.get("AUTH_PASSKEY_ORIGINS").unwrap(), "http://localhost:29071");
        assert!(!settings.0.values().any(|value| value.contains(":27")));
    }

    #[test]
    fn the_secrets_that_settings_refer_to_are_those_of_this_vault() {
        let reference = |secret: &str| format!("@Microsoft.KeyVault(SecretUri={secret})");
        let settings = Settings(BTreeMap::from([
            ("A_KEY".to_owned(), reference("https://127.0.0.1:27083/secrets/a-key")),
            ("B_KEY".to_owned(), reference("https://v.vault.azure.net/secrets/b-key")),
            ("C_KEY".to_owned(), "https://127.0.0.1:27083/secrets/c-key".to_owned()),
        ]));
        assert_eq!(settings.secrets_of("https://127.0.0.1:27083"), ["a-key"]);
    }
}
