//! What `GET /admin/host/status` tells people and the supervisor about each app.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::app::{App, HandlerState, Progress, Refused};
use crate::settings::Unresolved;

/// One app in the status document.
#[derive(Serialize)]
struct AppStatus<'a> {
    name: &'a str,
    #[serde(flatten)]
    handler: HandlerState,
    restarts: u64,
    functions: Vec<&'a str>,
    refused: &'a [Refused],
    unresolved: &'a [Unresolved],
    partitions: BTreeMap<String, BTreeMap<String, Progress>>,
}

#[derive(Serialize)]
struct HostStatus<'a> {
    apps: Vec<AppStatus<'a>>,
}

/// The status document as JSON.
pub(crate) fn document<'a>(
    apps: impl IntoIterator<Item = &'a App>,
) -> Result<String, serde_json::Error> {
    let apps = apps.into_iter().map(|app| {
        let handler = app.handler();
        AppStatus {
            name: &app.name,
            restarts: handler.starts.saturating_sub(1),
            handler,
            functions: app.functions.iter().map(|function| function.name.as_str()).collect(),
            refused: &app.refused,
            unresolved: app.settings.unresolved(),
            partitions: app.progress(),
        }
    });
    serde_json::to_string_pretty(&HostStatus { apps: apps.collect() })
}
