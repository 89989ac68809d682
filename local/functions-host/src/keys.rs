//! Access keys of functions whose `authLevel` is not `anonymous`.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::{fs, io};

use hyper::HeaderMap;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::state_dir::write_atomically;
use crate::triggers::AuthLevel;

const KEY_HEADER: &str = "x-functions-key";
const KEY_PARAMETER: &str = "code=";

/// Who may call what.
pub(crate) enum Access {
    /// Whoever asks: `func` without `--enableAuth`.
    Open,
    /// Whoever shows the key.
    Locked(Keys),
}

impl Access {
    /// Whether the key in the header or in `?code=` opens a function of this level.
    pub(crate) fn allow(&self, level: AuthLevel, headers: &HeaderMap, query: Option<&str>) -> bool {
        match self {
            Self::Open => true,
            Self::Locked(keys) => keys.allow(level, headers, query),
        }
    }

    /// Whether the key opens the webhook of Event Grid.
    pub(crate) fn allow_event_grid(&self, headers: &HeaderMap, query: Option<&str>) -> bool {
        match self {
            Self::Open => true,
            Self::Locked(keys) => keys.allow_event_grid(headers, query),
        }
    }
}

/// The keys of this platform; made at its first start.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Keys {
    master_key: String,
    function_key: String,
    /// That of the platform's own webhooks; a file of an earlier version has none.
    #[serde(default = "new_key")]
    event_grid_key: String,
}

fn new_key() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

impl Keys {
    /// Reads the keys, making the file when there is none.
    pub(crate) fn load_or_create(path: &Path) -> io::Result<Self> {
        let keys = match fs::read(path) {
            Ok(text) => serde_json::from_slice(&text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Self { master_key: new_key(), function_key: new_key(), event_grid_key: new_key() }
            }
            Err(error) => return Err(error),
        };
        write_atomically(path, &serde_json::to_vec_pretty(&keys)?)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
        Ok(keys)
    }

    fn allow_event_grid(&self, headers: &HeaderMap, query: Option<&str>) -> bool {
        shown(headers, query)
            .is_some_and(|key| key == self.event_grid_key || key == self.master_key)
    }

    fn allow(&self, level: AuthLevel, headers: &HeaderMap, query: Option<&str>) -> bool {
        let key = shown(headers, query);
        match level {
            AuthLevel::Anonymous => true,
            AuthLevel::Function => {
                key.is_some_and(|key| key == self.function_key || key == self.master_key)
            }
            AuthLevel::Admin => key.is_some_and(|key| key == self.master_key),
        }
    }
}

/// The key in the header, or in `?code=`.
fn shown<'a>(headers: &'a HeaderMap, query: Option<&'a str>) -> Option<&'a str> {
    let in_header = headers.get(KEY_HEADER).and_then(|value| value.to_str().ok());
    let in_query = query
        .into_iter()
        .flat_map(|query| query.split('&'))
        .find_map(|pair| pair.strip_prefix(KEY_PARAMETER));
    in_header.or(in_query)
}
