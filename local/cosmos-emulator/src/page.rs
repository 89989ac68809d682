//! The page for developers: what containers there are, how many documents each has, and some of
//! them.

use std::fmt::{self, Display, Write};

use hyper::body::Bytes;
use hyper::header::HOST;
use hyper::{HeaderMap, Method, Request, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::account::Account;
use crate::containers::{Container, Containers};
use crate::operations::{Call, PARTITION_KEY};

/// How many documents are shown.
const DOCUMENTS_MAX: u32 = 100;
const CSS: &str = "body{font:15px system-ui;margin:2rem;max-width:70rem}table{border-spacing:0}\
    td,th{padding:.2rem 1rem .2rem 0;text-align:left}pre{background:#f4f4f4;padding:.6rem;\
    white-space:pre-wrap;overflow-wrap:anywhere}";

/// What the page's address asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    /// A container's path.
    container: String,
    /// The documents of one partition only.
    partition: String,
}

/// The page, or why not.
pub(crate) async fn answer<T>(
    request: &Request<T>,
    account: &Account,
    containers: &Containers,
) -> (StatusCode, String) {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    // A name of somebody else's that leads here would let their pages read this one.
    if request.uri().path() != "/" || !["127.0.0.1", "localhost"].contains(&name) {
        let told = "This is a page for browsers. Clients of Cosmos DB speak TLS: https.\n";
        return (StatusCode::BAD_REQUEST, told.to_owned());
    }
    (StatusCode::OK, html(account, containers, request.uri().query().unwrap_or_default()).await)
}

async fn html(account: &Account, containers: &Containers, query: &str) -> String {
    let wanted: Wanted = serde_urlencoded::from_str(query).unwrap_or_default();
    let mut rows = String::new();
    for container in &containers.all {
        let path = container.path();
        // Writing into a string does not fail.
        let _ = write!(
            rows,
            "<tr><td><a href=\"/?container={link}\">{path}</a></td><td>{key}</td>\
             <td>{count}</td></tr>",
            link = Escaped(&path),
            path = Escaped(&path),
            key = Escaped(&container.partition_path),
            count = count(account, container).await,
        );
    }
    let shown = containers.all.iter().find(|container| container.path() == wanted.container);
    let documents = match shown {
        Some(container) => documents(account, container, &wanted.partition).await,
        None => String::new(),
    };
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>Cosmos DB</title>\
         <style>{CSS}</style></head><body><h1>Cosmos DB</h1><table><tr><th>Container</th>\
         <th>Partition key</th><th>Documents</th></tr>{rows}</table>{documents}</body></html>"
    )
}

async fn count(account: &Account, container: &Container) -> Value {
    let body = json!({ "query": "SELECT VALUE COUNT(1) FROM c" }).to_string();
    let mut headers = HeaderMap::new();
    headers.insert("x-ms-documentdb-isquery", "True".parse().unwrap_or(0.into()));
    let path = format!("{}/docs", container.path());
    let call = Call { method: Method::POST, path, headers, body: Bytes::from(body) };
    account.ask(&call).await.json()["Documents"][0].clone()
}

async fn documents(account: &Account, container: &Container, partition: &str) -> String {
    let mut headers = HeaderMap::new();
    headers.insert("x-ms-max-item-count", DOCUMENTS_MAX.into());
    if !partition.is_empty()
        && let Ok(key) = json!([partition]).to_string().parse()
    {
        headers.insert(PARTITION_KEY, key);
    }
    let path = format!("{}/docs", container.path());
    let call = Call { method: Method::GET, path, headers, body: Bytes::new() };
    let answer = account.ask(&call).await.json();
    let list = answer["Documents"].as_array().into_iter().flatten();
    let shown: String =
        list.map(|found| format!("<pre>{}</pre>", Escaped(&format!("{found:#}")))).collect();
    format!(
        "<form><input type=hidden name=container value=\"{path}\"><label>Partition \
         <input name=partition value=\"{partition}\"></label></form>\
         <p>At most {DOCUMENTS_MAX} documents of {path}</p>{shown}",
        path = Escaped(&container.path()),
        partition = Escaped(partition),
    )
}

/// Text of others: whatever HTML would read is written so that it does not.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}
