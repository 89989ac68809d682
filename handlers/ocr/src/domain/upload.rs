//! Which document a message of the queue tells of: a CloudEvent `Microsoft.Storage.BlobCreated`, as
//! Event Grid writes it.

use serde::Deserialize;
use values::DocumentId;

const BLOB_CREATED: &str = "Microsoft.Storage.BlobCreated";
/// Before the blob's name.
const SUBJECT: &str = "/blobServices/default/containers/documents/blobs/";
/// Characters of an ETag; Azure's have 19.
const ETAG_MAX: usize = 64;

/// A document that was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    pub(crate) document_id: DocumentId,
    /// `YYYY/MM/DD/<doc_…>`.
    pub(crate) blob: String,
    /// Of this version of the blob, without quotation marks.
    pub(crate) etag: String,
    pub(crate) content_type: String,
    /// In bytes.
    pub(crate) content_length: u64,
}

#[derive(Deserialize)]
struct CloudEvent {
    #[serde(rename = "type")]
    kind: String,
    subject: String,
    data: BlobCreated,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BlobCreated {
    e_tag: String,
    #[serde(default)]
    content_type: String,
    content_length: u64,
}

impl Upload {
    /// `None` if a message tells of no document of ours: another kind of event, another container,
    /// a blob with a name that no upload was given.
    pub(crate) fn of_message(message: &str) -> Option<Self> {
        let event: CloudEvent = serde_json::from_str(message).ok()?;
        let blob = event.subject.strip_prefix(SUBJECT)?.to_owned();
        let parts: Vec<&str> = blob.split('/').collect();
        let [year, month, day, name] = parts[..] else { return None };
        let is_number = |text: &str, digits: usize| {
            text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        if event.kind != BLOB_CREATED
            || !is_number(year, 4)
            || !is_number(month, 2)
            || !is_number(day, 2)
        {
            return None;
        }
        let document_id: DocumentId = name.parse().ok()?;
        let BlobCreated { e_tag, content_type, content_length } = event.data;
        let etag = e_tag.trim_matches('"').to_owned();
        let is_etag = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if !(1..=ETAG_MAX).contains(&etag.len()) || !etag.bytes().all(is_etag) {
            return None;
        }
        Some(Self { document_id, blob, etag, content_type, content_length })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NAME: &str = "2026/11/29/doc_01h455vb4pex5vsknk084sn02q";

    fn event(blob: &str, etag: &str) -> Value {
        json!({
            "specversion": "1.0",
            "id": "1",
            "type": BLOB_CREATED,
            "source": "/subscriptions/0",
            "subject": format!("{SUBJECT}{blob}"),
            "time": "2026-11-29T01:02:03Z",
            "data": {
                "api": "PutBlob", "eTag": etag, "contentType": "image/png", "contentLength": 9,
                "blobType": "BlockBlob", "url": "https://a/documents/x", "sequencer": "1",
            },
        })
    }

    #[test]
    fn a_message_of_event_grid_tells_of_a_document() {
        let message = event(NAME, "0x8DC1").to_string();
        let upload = Upload::of_message(&message).unwrap();
        assert_eq!(upload.document_id.to_string(), "doc_01h455vb4pex5vsknk084sn02q");
        assert_eq!((upload.blob.as_str(), upload.etag.as_str()), (NAME, "0x8DC1"));
        assert_eq!((upload.content_type.as_str(), upload.content_length), ("image/png", 9));
        let quoted = Upload::of_message(&event(NAME, "\"0x8DC1\"").to_string()).unwrap();
        assert_eq!(quoted, upload);
    }

    #[test]
    fn what_names_no_document_of_ours_tells_of_none() {
        let long = "a".repeat(1024);
        for blob in [
            "",
            "doc_01h455vb4pex5vsknk084sn02q",
            "2026/11/29/../doc_01h455vb4pex5vsknk084sn02q",
            "../../29/doc_01h455vb4pex5vsknk084sn02q",
            "2026/11/29/usr_01h455vb4pex5vsknk084sn02q",
            "2026/11/29/doc_01h455vb4pex5vsknk084sn02q/x",
            "2026/11/29/doc_01h455vb4pex5vsknk084sn02q?x",
            "2026/11/29/\u{6587}\u{4ef6}",
            &long,
        ] {
            assert_eq!(Upload::of_message(&event(blob, "0x1").to_string()), None, "{blob}");
        }
        for etag in ["", "0x1\r\nx: y", &long] {
            assert_eq!(Upload::of_message(&event(NAME, etag).to_string()), None, "{etag}");
        }
        let mut other = event(NAME, "0x1");
        other["type"] = json!("Microsoft.Storage.BlobDeleted");
        assert_eq!(Upload::of_message(&other.to_string()), None);
        for text in ["", "{}", "[]", "no JSON"] {
            assert_eq!(Upload::of_message(text), None, "{text}");
        }
    }
}
