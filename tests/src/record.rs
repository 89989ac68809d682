//! The requests that a service took, for `ops/firewall-check`: a line of JSON each in the file that
//! `RECORD_REQUESTS` names.

use std::collections::BTreeMap;
use std::env;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::{LazyLock, Mutex, PoisonError};

use serde::Serialize;

use crate::http::Call;

static FILE: LazyLock<Option<Mutex<File>>> = LazyLock::new(|| {
    let path = env::var_os("RECORD_REQUESTS")?;
    OpenOptions::new().create(true).append(true).open(path).ok().map(Mutex::new)
});

/// A request, as `tests/firewall` reads it.
#[derive(Serialize)]
pub(crate) struct Record {
    method: String,
    uri: String,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Record {
    /// That of a call of our API, if any are kept.
    pub(crate) fn of(call: &Call) -> Option<Self> {
        FILE.as_ref()?;
        let request = Some(&call.request).filter(|request| request.uri().host().is_none())?;
        let headers = request.headers().iter().map(|(name, value)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        Some(Self {
            method: request.method().to_string(),
            uri: request.uri().to_string(),
            headers: headers.collect(),
            body: request.body().clone(),
        })
    }

    /// Writes it down. What cannot be kept is missed by the check only.
    pub(crate) fn keep(&self) {
        let (Some(file), Ok(mut line)) = (&*FILE, serde_json::to_vec(self)) else { return };
        line.push(b'\n');
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = file.write_all(&line);
    }
}
