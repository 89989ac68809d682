//! The page for developers: what containers there are, how many documents each has, and some of
//! them.

use std::fmt::Write;

use hyper::body::Bytes;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use platform_page::{Escaped, fixed, search, table};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::account::Account;
use crate::containers::{Container, Containers};
use crate::operations::{Call, PARTITION_KEY};

/// How many documents are shown.
const DOCUMENTS_MAX: u32 = 100;

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
) -> Response<String> {
    let (status, html) = if request.uri().path() == "/" {
        let query = request.uri().query().unwrap_or_default();
        (StatusCode::OK, html(account, containers, query).await)
    } else {
        let told = "This is a page for browsers. Clients of Cosmos DB speak TLS: https.";
        (StatusCode::BAD_REQUEST, fixed("Cosmos DB", told))
    };
    platform_page::answer(request.headers(), status, html)
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
             <td class=number>{count}</td></tr>",
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
    let containers = table(&["Container", "Partition key", "#Documents"], &rows);
    fixed("Cosmos DB", &format!("{containers}{documents}"))
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
    let path = container.path();
    let form = search("partition", "Partition", partition, &[("container", &path)]);
    let path = Escaped(&path);
    format!("<h2>{path}</h2>{form}<p>At most {DOCUMENTS_MAX} documents</p>{shown}")
}
