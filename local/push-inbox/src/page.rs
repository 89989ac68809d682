//! The page of pushes, the newest first.

use platform_page::{Escaped, clock, live, search, table};

use crate::inbox::Push;

/// Those to a device whose token begins with `device`.
pub(crate) fn list(pushes: &[Push], device: &str) -> String {
    let found = pushes.iter().filter(|push| push.device_handle.starts_with(device));
    let rows: String = found.map(row).collect();
    let form = search("device_handle", "To a device whose token begins with", device, &[]);
    let heads = ["Received (UTC)", "Device", "Title", "Body"];
    live("Push inbox", &form, &table(&heads, &rows))
}

fn row(push: &Push) -> String {
    let [device, title, body] = [&push.device_handle, &push.title, &push.body].map(|s| Escaped(s));
    let received = clock(push.received_at);
    format!("<tr><td>{received}</td><td>{device}</td><td>{title}</td><td>{body}</td></tr>")
}
