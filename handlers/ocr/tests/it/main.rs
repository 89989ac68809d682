//! The service on a real database, storage account and key vault, called as the Functions host
//! calls it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

mod document_intelligence;
mod files;
mod readings;

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use events::ocr::{DocumentReadV1, ReadingV1};
use ocr::{App, Config, Engine, Tesseract, migrations, routes};
use sealed::{Sealed, SealingKey};
use serde_json::{Value, json};
use specimens::{Damage, Kind, Specimen};
use testkit::{
    Answer, BlobContainer, Call, FreshDatabase, InProcess, blob_endpoint, unreachable_hub,
    vault_credential, vault_url,
};
use values::DocumentId;

const ON_DOCUMENTS: &str = "ocr_on_documents";
const ON_POISONED: &str = "ocr_on_poisoned_documents";

/// The service with a database of its own.
struct Fixture {
    database: FreshDatabase,
    documents: BlobContainer,
    app: App,
}

/// A document in its container.
#[derive(Clone)]
struct Uploaded {
    id: DocumentId,
    blob: String,
    etag: String,
    content_type: String,
    length: usize,
}

impl Fixture {
    async fn new() -> Self {
        Self::with(Engine::Tesseract(Tesseract::default()), vault_url()).await
    }

    async fn with(engine: Engine, sealing_vault_url: String) -> Self {
        let documents = BlobContainer::create("documents").await;
        let database = FreshDatabase::new(migrations()).await;
        let app = App::start(Config {
            mysql_url: database.url.clone(),
            hub: unreachable_hub("ocr"),
            documents_url: blob_endpoint(),
            engine,
            sealing_vault_url,
            identity: vault_credential(),
        })
        .unwrap();
        Self { database, documents, app }
    }

    async fn upload(&self, content_type: &str, bytes: Vec<u8>) -> Uploaded {
        let id = DocumentId::new();
        let blob = format!("2026/11/29/{id}");
        let length = bytes.len();
        let etag = self.documents.put(&blob, content_type, bytes).await;
        Uploaded { id, blob, etag, content_type: content_type.to_owned(), length }
    }

    /// Gives the message of an upload to a function.
    async fn tell(&self, function: &str, uploaded: &Uploaded) -> Answer {
        self.invoke(function, &message(uploaded).to_string()).await
    }

    async fn invoke(&self, function: &str, message: &str) -> Answer {
        // As the host encodes it: a JSON string in a JSON string.
        let message = Value::from(message).to_string();
        let body = json!({"Data": {"message": message}, "Metadata": {"DequeueCount": "1"}});
        let call = Call::post(&format!("/{function}"));
        call.body("application/json", &body.to_string()).send(&routes(self.app.clone())).await
    }

    /// What the service has told of documents.
    async fn told(&self) -> Vec<DocumentReadV1> {
        self.database.told().await
    }

    /// The one thing that it has told, of this document.
    async fn told_of(&self, uploaded: &Uploaded) -> DocumentReadV1 {
        let told = self.told().await;
        let [told] = &told[..] else { panic!("{} are told", told.len()) };
        assert_eq!(told.document_id, uploaded.id.to_string());
        assert_eq!(told.etag, uploaded.etag.trim_matches('"'));
        told.clone()
    }
}

/// As Event Grid writes it.
fn message(uploaded: &Uploaded) -> Value {
    json!({
        "specversion": "1.0",
        "id": "9aeb0fdf-c01e-0131-0922-9eb54906e209",
        "type": "Microsoft.Storage.BlobCreated",
        "source": "/subscriptions/0/storageAccounts/a",
        "subject": format!("/blobServices/default/containers/documents/blobs/{}", uploaded.blob),
        "time": "2026-11-29T01:02:03Z",
        "data": {
            "api": "PutBlob",
            "requestId": "9aeb0fdf-c01e-0131-0922-9eb54906e209",
            "eTag": uploaded.etag.trim_matches('"'),
            "contentType": uploaded.content_type,
            "contentLength": uploaded.length,
            "blobType": "BlockBlob",
            "url": format!("https://a/documents/{}", uploaded.blob),
            "sequencer": "1",
        },
    })
}

/// Opens a reading as `onboarding` does.
async fn opened(told: &DocumentReadV1) -> ReadingV1 {
    let key = SealingKey::new(vault_credential(), &vault_url(), "documents").unwrap();
    let sealed = STANDARD.decode(told.reading.as_ref().unwrap()).unwrap();
    let sealed = Sealed::try_from(sealed.as_slice()).unwrap();
    serde_json::from_slice(&key.open(&told.document_id, &sealed).await.unwrap()).unwrap()
}

fn identity_card() -> (Vec<u8>, Specimen) {
    let specimen = Specimen::new(Kind::IdentityCard2018, 7);
    (Damage::None.send(&specimen.image, 7), specimen)
}

/// What this process needs at most, until now, in bytes.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string(Path::new("/proc/self/status")).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap().saturating_mul(1024)
}
