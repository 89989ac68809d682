//! What an accepted write changed: the documents as they are since, and those that are gone. By
//! doing it all again in the same order an account is rebuilt.

use std::fmt::Write;

use hyper::body::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, Method};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::account::{Account, Answer};
use crate::operations::{Call, Operation, PARTITION_KEY};

const IS_UPSERT: HeaderName = HeaderName::from_static("x-ms-documentdb-is-upsert");
/// The account gives each version its own.
const SYSTEM_PROPERTIES: [&str; 5] = ["_rid", "_self", "_etag", "_ts", "_attachments"];

/// The changes of one write or batch.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Changes {
    /// The container's path.
    container: String,
    changes: Vec<Change>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Change {
    Put(Value),
    Delete {
        /// The id as paths have it.
        id: String,
        /// As its header has it.
        partition_key: String,
    },
}

impl Changes {
    /// What a call changed that got this answer with the documents in it. `None` if that cannot be
    /// told, which is never so of a write that was accepted.
    pub(crate) fn of(call: &Call, answer: &Answer) -> Option<Self> {
        let (container, document) = call.path.split_once("/docs")?;
        let partition_key = || call.header(PARTITION_KEY).map(str::to_owned);
        let changes = if call.operation() == Operation::Batch {
            let operations: Vec<Value> = serde_json::from_slice(&call.body).ok()?;
            let results = answer.json();
            let pairs = operations.iter().zip(results.as_array()?);
            let changes =
                pairs.filter_map(|(operation, result)| match operation["operationType"].as_str() {
                    Some("Read") => None,
                    Some("Delete") => Some(operation["id"].as_str().and_then(|id| {
                        Some(Change::Delete { id: encoded(id), partition_key: partition_key()? })
                    })),
                    _ => Some(put(result.get("resourceBody").cloned())),
                });
            changes.collect::<Option<Vec<Change>>>()?
        } else if call.method == Method::DELETE {
            let id = document.strip_prefix('/')?.to_owned();
            vec![Change::Delete { id, partition_key: partition_key()? }]
        } else {
            vec![put(serde_json::from_slice(&answer.body).ok())?]
        };
        Some(Self { container: container.to_owned(), changes })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Does it again.
    ///
    /// # Errors
    /// The account's answer to a change that it does not accept.
    pub(crate) async fn repeat(self, account: &Account) -> Result<(), String> {
        for change in self.changes {
            let docs = format!("{}/docs", self.container);
            let call = match change {
                Change::Put(document) => {
                    let headers = [(IS_UPSERT, HeaderValue::from_static("True"))];
                    let body = Bytes::from(document.to_string());
                    let headers = headers.into_iter().collect();
                    Call { method: Method::POST, path: docs, headers, body }
                }
                Change::Delete { id, partition_key } => {
                    let mut headers = HeaderMap::new();
                    let key = partition_key.parse().map_err(|_| "not a partition key")?;
                    headers.insert(PARTITION_KEY, key);
                    let path = format!("{docs}/{id}");
                    Call { method: Method::DELETE, path, headers, body: Bytes::new() }
                }
            };
            let answer = account.ask(&call).await;
            if !answer.status.is_success() {
                let text = String::from_utf8_lossy(&answer.body).into_owned();
                return Err(format!("{} {text}", answer.status));
            }
        }
        Ok(())
    }
}

fn put(document: Option<Value>) -> Option<Change> {
    let mut document = document?;
    let fields = document.as_object_mut()?;
    fields.retain(|name, _| !SYSTEM_PROPERTIES.contains(&name.as_str()));
    Some(Change::Put(document))
}

/// An id as a path has it.
fn encoded(id: &str) -> String {
    id.bytes().fold(String::new(), |mut path, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            // Writing into a string does not fail.
            let _ = write!(path, "%{byte:02X}");
        }
        path
    })
}

/// Whether a client wants the documents back that it writes.
const ANSWERS_DOCUMENTS: HeaderName =
    HeaderName::from_static("x-ms-cosmos-populate-content-response-on-write");
const PREFER: HeaderName = HeaderName::from_static("prefer");

/// Makes the account answer with documents, and tells whether the client wanted none.
pub(crate) fn ask_for_documents(headers: &mut HeaderMap) -> bool {
    let text = |value: HeaderValue| value.to_str().map(str::to_ascii_lowercase).unwrap_or_default();
    let prefers_none = headers.remove(PREFER).map(text).is_some_and(|it| it.contains("minimal"));
    let answers = headers.insert(ANSWERS_DOCUMENTS, HeaderValue::from_static("true"));
    answers.map_or(prefers_none, |value| text(value) != "true")
}

/// Leaves the documents out of an answer.
pub(crate) fn leave_out_documents(call: &Call, answer: &mut Answer) {
    if call.operation() != Operation::Batch {
        answer.body.clear();
        return;
    }
    let operations: Vec<Value> = serde_json::from_slice(&call.body).unwrap_or_default();
    let mut results = answer.json();
    for (operation, result) in operations.iter().zip(results.as_array_mut().into_iter().flatten()) {
        if operation["operationType"] != json!("Read")
            && let Some(result) = result.as_object_mut()
        {
            result.remove("resourceBody");
        }
    }
    answer.body = results.to_string().into();
}
