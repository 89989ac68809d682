//! Owns the app settings of one function app: `local.settings.json`, `%NAME%` references, values
//! from Key Vault, and the environment that a handler is given.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::{env, fs, io};

use serde::{Deserialize, Serialize};

use crate::cors::{Cors, CorsError};
use crate::json_text;
use crate::known_names::{self, LOCAL_SETTINGS, Misnamed};

/// What a handler inherits besides its own settings: what any Linux process expects to find.
const INHERITED: [&str; 7] = ["PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "SSL_CERT_FILE"];
/// What the value of a setting begins with that stands in Key Vault.
const REFERENCE: &str = "@Microsoft.KeyVault(";
/// Where `func` listens unless it is told otherwise.
const DEFAULT_PORT: u16 = 7071;

/// Why the settings of an app cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// The file exists but cannot be read.
    #[error("local.settings.json cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// The file is not what Core Tools writes.
    #[error("local.settings.json is not valid: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A name in it is none; those of its values are free.
    #[error("local.settings.json: {0}")]
    Misnamed(#[from] Misnamed),
    /// The file was encrypted with `func settings encrypt`.
    #[error("local.settings.json is encrypted: func settings decrypt")]
    Encrypted,
    /// Its list of origins cannot be granted.
    #[error("local.settings.json: {0}")]
    Cors(#[from] CorsError),
    /// A `%NAME%` reference names no setting.
    #[error("there is no app setting `{0}`")]
    Missing(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct LocalSettings {
    #[serde(default)]
    is_encrypted: bool,
    #[serde(default)]
    values: BTreeMap<String, String>,
    #[serde(default)]
    connection_strings: BTreeMap<String, NamedConnection>,
    host: Option<HostSection>,
}

/// An entry of `ConnectionStrings`, which an app is given with this in front of its name.
#[derive(Deserialize)]
#[serde(untagged)]
enum NamedConnection {
    Text(String),
    WithProvider {
        #[serde(rename = "ConnectionString")]
        text: String,
    },
}

const CONNECTION_PREFIX: &str = "ConnectionStrings:";

#[derive(Default, Deserialize)]
#[serde(default)]
struct HostSection {
    #[serde(rename = "LocalHttpPort")]
    port: Option<u16>,
    #[serde(rename = "LocalHttpAddress")]
    address: Option<IpAddr>,
    #[serde(rename = "CORS")]
    cors: String,
    #[serde(rename = "CORSCredentials")]
    cors_credentials: bool,
}

/// How an app wants to be served: the section `Host`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Serving {
    /// The address that is listened on.
    pub(crate) address: IpAddr,
    /// Its port.
    pub(crate) port: u16,
    /// Whose pages may read the answers.
    pub(crate) cors: Cors,
}

impl Default for Serving {
    fn default() -> Self {
        let address = Ipv4Addr::LOCALHOST.into();
        Self { address, port: DEFAULT_PORT, cors: Cors::default() }
    }
}

impl TryFrom<HostSection> for Serving {
    type Error = CorsError;

    fn try_from(section: HostSection) -> Result<Self, CorsError> {
        let default = Self::default();
        Ok(Self {
            address: section.address.unwrap_or(default.address),
            port: section.port.unwrap_or(default.port),
            cors: Cors::parse(&section.cors, section.cors_credentials)?,
        })
    }
}

/// A setting that the app goes without, since its value could not be fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Unresolved {
    /// Its name.
    pub(crate) setting: String,
    /// Why, without any value.
    pub(crate) reason: String,
}

/// The app settings of one function app.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    values: BTreeMap<String, String>,
    unresolved: Vec<Unresolved>,
    serving: Option<Serving>,
}

impl Settings {
    /// Reads `local.settings.json` of the app; an app without one has no settings.
    pub(crate) fn load(app_root: &Path) -> Result<Self, SettingsError> {
        let text = match fs::read(app_root.join("local.settings.json")) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error.into()),
        };
        let mut json = json_text::parse(&text)?;
        known_names::settle(&mut json, LOCAL_SETTINGS)?;
        let file: LocalSettings = serde_json::from_value(json)?;
        if file.is_encrypted {
            return Err(SettingsError::Encrypted);
        }
        let mut values = file.values;
        values.extend(file.connection_strings.into_iter().map(|(name, connection)| {
            let (NamedConnection::Text(text) | NamedConnection::WithProvider { text }) = connection;
            (format!("{CONNECTION_PREFIX}{name}"), text)
        }));
        let serving = file.host.map(Serving::try_from).transpose()?;
        Ok(Self { values, unresolved: Vec::new(), serving })
    }

    /// How the app wants to be served, if it says that.
    pub(crate) fn serving(&self) -> Option<&Serving> {
        self.serving.as_ref()
    }

    /// Names of the settings that refer to Key Vault, with what stands between the parentheses.
    pub(crate) fn references(&self) -> Vec<(String, String)> {
        let values = self.values.iter();
        let references = values.filter_map(|(name, value)| {
            // One without an end is a reference that cannot be read, and no value.
            let inside = value.strip_prefix(REFERENCE)?.strip_suffix(')').unwrap_or_default();
            Some((name.clone(), inside.to_owned()))
        });
        references.collect()
    }

    /// Puts what a reference stands for in its place, or takes the setting away: a handler that is
    /// given the text of a reference would use it as its secret.
    pub(crate) fn settle(&mut self, name: &str, value: Result<String, String>) {
        match value {
            Ok(value) => {
                self.values.insert(name.to_owned(), value);
            }
            Err(reason) => {
                self.values.remove(name);
                self.unresolved.push(Unresolved { setting: name.to_owned(), reason });
            }
        }
    }

    /// The settings that the app goes without.
    pub(crate) fn unresolved(&self) -> &[Unresolved] {
        &self.unresolved
    }

    /// Value of one setting.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The setting that switches a function off, if there is one: `AzureWebJobs.<name>.Disabled`,
    /// or with `__` for the dots, where a name may have none.
    pub(crate) fn switch_off(&self, function: &str) -> Option<String> {
        let names = [".", "__"].map(|dot| format!("AzureWebJobs{dot}{function}{dot}Disabled"));
        let is_on = |value: &str| value == "1" || value.eq_ignore_ascii_case("true");
        names.into_iter().find(|name| self.get(name).is_some_and(is_on))
    }

    /// Settings whose name starts with `prefix`, with the rest of their names.
    pub(crate) fn with_prefix<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> + 'a {
        let settings = self.values.iter();
        settings.filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
    }

    /// Replaces each `%NAME%` by the setting of that name, which must exist.
    pub(crate) fn resolve(&self, text: &str) -> Result<String, SettingsError> {
        self.replace(text, |name| Err(SettingsError::Missing(name.to_owned())))
    }

    /// Replaces each `%NAME%` in a handler's command line; unknown names vanish.
    pub(crate) fn expand(&self, text: &str) -> String {
        self.replace(text, |_| Ok(String::new())).unwrap_or_default()
    }

    fn replace(
        &self,
        text: &str,
        absent: impl Fn(&str) -> Result<String, SettingsError>,
    ) -> Result<String, SettingsError> {
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, (name, after))) =
            rest.split_once('%').and_then(|(before, tail)| Some((before, tail.split_once('%')?)))
        {
            result.push_str(before);
            match self.get(name) {
                Some(value) => result.push_str(value),
                None => result.push_str(&absent(name)?),
            }
            rest = after;
        }
        result.push_str(rest);
        Ok(result)
    }

    /// The whole environment of a handler before the host adds its own variables.
    pub(crate) fn environment(&self) -> BTreeMap<String, String> {
        let inherited = INHERITED.iter();
        let mut all: BTreeMap<String, String> =
            inherited.filter_map(|name| Some(((*name).to_owned(), env::var(name).ok()?))).collect();
        all.extend(self.values.clone());
        all
    }
}

#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Settings {
    fn from(values: [(&str, &str); N]) -> Self {
        let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Self { values, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_resolve_to_settings_and_unknown_ones_are_named() {
        let settings = Settings::from([("HUB", "auth")]);
        assert_eq!(settings.resolve("x-%HUB%-y").unwrap(), "x-auth-y");
        assert_eq!(settings.resolve("100%").unwrap(), "100%");
        let error = settings.resolve("%NOPE%").unwrap_err();
        assert_eq!(error.to_string(), "there is no app setting `NOPE`");
    }

    #[test]
    fn a_reference_is_replaced_by_its_secret_or_taken_away_and_told() {
        let mut settings = Settings::from([
            ("KEY", "@Microsoft.KeyVault(SecretUri=https://v/secrets/key)"),
            ("GONE", "@Microsoft.KeyVault(VaultName=v;SecretName=gone)"),
            ("MAIL", "someone@Microsoft.KeyVault"),
            ("OPEN", "@Microsoft.KeyVault(VaultName=v"),
        ]);
        let inside: Vec<_> = settings.references().into_iter().map(|(_, inside)| inside).collect();
        let both = ["VaultName=v;SecretName=gone", "SecretUri=https://v/secrets/key"];
        assert_eq!(inside, [both[0], both[1], ""]);
        settings.settle("KEY", Ok("secret".to_owned()));
        settings.settle("GONE", Err("not there".to_owned()));
        settings.settle("OPEN", Err("not readable".to_owned()));
        assert_eq!(settings.get("KEY"), Some("secret"));
        assert_eq!(settings.get("GONE"), None);
        assert_eq!(settings.unresolved().len(), 2);
        assert!(settings.references().is_empty());
    }

    #[test]
    fn a_function_is_switched_off_by_its_setting_in_either_spelling() {
        let settings = Settings::from([
            ("AzureWebJobs.one.Disabled", "TRUE"),
            ("AzureWebJobs__two__Disabled", "1"),
            ("AzureWebJobs.three.Disabled", "false"),
        ]);
        assert_eq!(settings.switch_off("one").as_deref(), Some("AzureWebJobs.one.Disabled"));
        assert_eq!(settings.switch_off("two").as_deref(), Some("AzureWebJobs__two__Disabled"));
        assert_eq!(settings.switch_off("three"), None);
    }

    #[test]
    fn unknown_references_vanish_from_a_command_line() {
        let settings = Settings::from([("LEVEL", "info")]);
        assert_eq!(settings.expand("--log=%LEVEL% %NOPE%"), "--log=info ");
    }
}
