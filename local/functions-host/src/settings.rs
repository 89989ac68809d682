//! Owns the app settings of one function app: `local.settings.json`, `%NAME%` references, and the
//! environment that a handler is given.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs, io};

use serde::Deserialize;

/// What a handler inherits besides its own settings: what any Linux process expects to find.
const INHERITED: [&str; 7] = ["PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "SSL_CERT_FILE"];

/// Why the settings of an app cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// The file exists but cannot be read.
    #[error("local.settings.json cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// The file is not what Core Tools writes.
    #[error("local.settings.json is not valid: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The file was encrypted with `func settings encrypt`.
    #[error("local.settings.json is encrypted")]
    Encrypted,
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
}

/// The app settings of one function app.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings(BTreeMap<String, String>);

impl Settings {
    /// Reads `local.settings.json` of the app; an app without one has no settings.
    pub(crate) fn load(app_root: &Path) -> Result<Self, SettingsError> {
        let text = match fs::read(app_root.join("local.settings.json")) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error.into()),
        };
        let file: LocalSettings = serde_json::from_slice(&text)?;
        if file.is_encrypted {
            return Err(SettingsError::Encrypted);
        }
        Ok(Self(file.values))
    }

    /// Value of one setting.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Settings whose name starts with `prefix`, with the rest of their names.
    pub(crate) fn with_prefix<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> + 'a {
        let settings = self.0.iter();
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
        all.extend(self.0.clone());
        all
    }
}

#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Settings {
    fn from(values: [(&str, &str); N]) -> Self {
        Self(values.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
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
    fn unknown_references_vanish_from_a_command_line() {
        let settings = Settings::from([("LEVEL", "info")]);
        assert_eq!(settings.expand("--log=%LEVEL% %NOPE%"), "--log=info ");
    }
}
