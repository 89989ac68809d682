//! Blobs as the host hands them to a handler, and the messages that stand for them.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use storage_client::{Container, Content};
use time::format_description::well_known::Rfc3339;

use crate::body::MAX_BODY_BYTES;
use crate::envelope::Envelope;
use crate::queue_message::Reading;
use crate::triggers::{BlobSource, BlobTrigger};

/// The message that stands for a blob.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Written {
    #[serde(rename = "Type")]
    pub(crate) kind: String,
    pub(crate) function_id: String,
    pub(crate) blob_type: String,
    pub(crate) container_name: String,
    pub(crate) blob_name: String,
    pub(crate) e_tag: String,
}

/// Reads the blobs that messages stand for.
pub(crate) struct BlobReader {
    pub(crate) trigger: Arc<BlobTrigger>,
    pub(crate) container: Container,
}

impl BlobReader {
    /// The invocation for the blob that a message names. One that is gone has none, nor one that
    /// was written again since, unless only Event Grid tells of it.
    pub(crate) async fn read(&self, message: &str) -> Reading {
        let Ok(written) = serde_json::from_str::<Written>(message) else {
            return Reading::Unreadable;
        };
        let is_meant = |content: &Content| {
            self.trigger.source == BlobSource::EventGrid
                || content.etag == written.e_tag.trim_matches('"')
        };
        match self.container.read(&written.blob_name, MAX_BODY_BYTES).await {
            Ok(Some(content)) if is_meant(&content) => {
                let url = self.container.url_of(&written.blob_name);
                let envelope = envelope(&self.trigger, &written.blob_name, url.as_str(), content);
                Reading::Envelope(Box::new(envelope))
            }
            Ok(_) => Reading::Gone,
            Err(error) => {
                tracing::warn!(blob = written.blob_name, %error, "cannot read a blob");
                Reading::Failed
            }
        }
    }
}

fn envelope(trigger: &BlobTrigger, name: &str, url: &str, content: Content) -> Envelope {
    let written_at = content.modified_at.format(&Rfc3339).unwrap_or_default();
    let properties = json!({
        "ContentLength": content.bytes.len(),
        "ContentType": content.content_type,
        "ETag": format!("\"{}\"", content.etag),
        "LastModified": written_at.replace('Z', "+00:00"),
    });
    let envelope = Envelope::default()
        .with_bytes(&trigger.input, STANDARD.encode(content.bytes))
        .with_metadata("BlobTrigger", format!("{}/{name}", trigger.container).into())
        .with_metadata("Uri", url.into())
        .with_metadata("Properties", properties)
        .with_metadata("Metadata", json!(content.metadata));
    let captures = trigger.pattern.captures(name).unwrap_or_default();
    captures
        .into_iter()
        .fold(envelope, |envelope, (name, value)| envelope.with_metadata(&name, value.into()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use time::macros::datetime;

    use super::*;
    use crate::function_json::Function;
    use crate::settings::Settings;
    use crate::triggers::Trigger;

    #[test]
    fn a_blob_is_the_documented_wire_sample() {
        let settings = Settings::from([("AzureWebJobsStorage", "AccountName=a")]);
        let function = r#"{"bindings":[{"type":"blobTrigger","name":"blob","path":"in/{name}"}]}"#;
        let function = Function::parse("f", function.as_bytes(), "api", &settings).unwrap();
        let Trigger::Blob(trigger) = function.trigger else { panic!("{function:?}") };
        let content = Content {
            etag: "0x1".to_owned(),
            modified_at: datetime!(2026-01-02 03:04:05 UTC),
            content_type: "text/plain".to_owned(),
            metadata: BTreeMap::new(),
            bytes: b"hello".to_vec(),
        };
        let url = "https://acct.blob.core.windows.net/in/a.txt";
        let expected = json!({
            "Data": { "blob": "aGVsbG8=" },
            "Metadata": {
                "Uri": "\"https://acct.blob.core.windows.net/in/a.txt\"",
                "Properties": {
                    "ContentLength": 5, "ContentType": "text/plain", "ETag": "\"0x1\"",
                    "LastModified": "2026-01-02T03:04:05+00:00",
                },
                "Metadata": {},
                "name": "\"a.txt\"",
            },
        });
        assert_eq!(json!(envelope(&trigger, "a.txt", url, content)), expected);
    }
}
