//! `Microsoft.Storage.BlobCreated` in the CloudEvents 1.0 schema, as Event Grid writes it.

use aws_lc_rs::digest;
use serde_json::json;
use storage_client::{Blob, Container};
use time::format_description::well_known::Rfc3339;
use uuid::{Builder, Uuid};

const SOURCE: &str = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/local\
     /providers/Microsoft.Storage/storageAccounts/devstoreaccount1";

/// The event in JSON. Told again it is the same, as in Azure: one id for one write of a blob.
pub(crate) fn blob_created(container: &Container, blob: &Blob) -> String {
    let id = id(container.name(), blob);
    json!({
        "specversion": "1.0",
        "id": id,
        "type": "Microsoft.Storage.BlobCreated",
        "source": SOURCE,
        "subject": format!(
            "/blobServices/default/containers/{}/blobs/{}",
            container.name(),
            blob.name
        ),
        "time": blob.modified_at.format(&Rfc3339).unwrap_or_default(),
        "data": {
            // Which call wrote it, a listing does not tell.
            "api": "PutBlob",
            "clientRequestId": id,
            "requestId": id,
            "eTag": blob.etag,
            "contentType": blob.content_type,
            "contentLength": blob.content_length,
            "blobType": blob.kind,
            "url": container.url_of(&blob.name).as_str(),
            "sequencer": format!("{:048x}", blob.modified_at.unix_timestamp()),
            "storageDiagnostics": { "batchId": id },
        },
    })
    .to_string()
}

fn id(container: &str, blob: &Blob) -> Uuid {
    // Neither a container's name nor an ETag has a slash.
    let write = format!("{container}/{}/{}", blob.etag, blob.name);
    let digest = digest::digest(&digest::SHA256, write.as_bytes());
    let mut bytes = [0; 16];
    for (byte, from) in bytes.iter_mut().zip(digest.as_ref()) {
        *byte = *from;
    }
    Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use storage_client::{Account, Service};
    use time::macros::datetime;

    use super::*;

    const STORAGE: &str = "AccountName=a;AccountKey=aw==;BlobEndpoint=https://127.0.0.1:1/a";

    fn event(name: &str, etag: &str) -> Value {
        let account = Account::of_connection_string(STORAGE, Service::Blob).unwrap();
        let blob = Blob {
            name: name.to_owned(),
            etag: etag.to_owned(),
            modified_at: datetime!(2026-11-29 01:02:03 UTC),
            content_length: 4,
            content_type: "image/png".to_owned(),
            kind: "BlockBlob".to_owned(),
        };
        let container = Container::new(account, "documents");
        serde_json::from_str(&blob_created(&container, &blob)).unwrap()
    }

    #[test]
    fn an_event_names_the_blob_as_it_is_and_its_url_as_urls_are_written() {
        let event = event("2026/11/29/\u{6587} a", "0x1");
        let subject = "/blobServices/default/containers/documents/blobs/2026/11/29/\u{6587} a";
        assert_eq!(event["subject"], subject);
        let url = "https://127.0.0.1:1/a/documents/2026/11/29/%E6%96%87%20a";
        assert_eq!(event["data"]["url"], url);
        assert_eq!(event["time"], "2026-11-29T01:02:03Z");
        assert_eq!(event["data"]["contentLength"], 4);
    }

    #[test]
    fn the_same_write_has_the_same_id_and_another_write_another() {
        assert_eq!(event("a", "0x1")["id"], event("a", "0x1")["id"]);
        assert_ne!(event("a", "0x1")["id"], event("a", "0x2")["id"]);
        assert_ne!(event("a", "0x1")["id"], event("b", "0x1")["id"]);
    }
}
