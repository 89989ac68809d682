//! Events of `ocr`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Event;

/// An uploaded document was read, or cannot be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentReadV1 {
    /// `doc_…`, the last part of the blob's name.
    pub document_id: String,
    /// The blob's ETag when it was read.
    pub etag: String,
    /// As the upload called it, e.g. `image/jpeg`.
    pub content_type: String,
    /// In bytes.
    pub content_length: u64,
    /// The engine and its version, e.g. `tesseract 5.3.0`.
    pub engine: String,
    /// A [`ReadingV1`] in JSON, sealed for `onboarding` in the context of the document's id, in
    /// base64; absent where nothing could be read.
    pub reading: Option<String>,
    /// Why nothing could be read, as a code; absent where something was.
    pub failure: Option<String>,
}

impl Event for DocumentReadV1 {
    const TYPE: &'static str = "payme.ocr.document-read.v1";
}

/// What stands on a document. It travels only sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingV1 {
    /// `hkid-2003`, `hkid-2018`, `mrz-td1`, `mrz-td2`, `mrz-td3`, `business-registration` or
    /// `unknown`.
    pub document: String,
    /// By name: `document_number`, `name`, `name_chinese`, `birth_date`, `expiry_date`, ….
    pub fields: BTreeMap<String, FieldV1>,
}

/// One field as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldV1 {
    /// Dates as `YYYY-MM-DD`, a document's number without brackets and blanks.
    pub value: String,
    /// How sure the engine is, in thousandths.
    pub confidence: u16,
    /// Whether a check digit or a second place on the document agrees. A field that needs one and
    /// has none is for a human.
    pub is_confirmed: bool,
}
