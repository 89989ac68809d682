//! A document of an application: what was announced of it, and what became of it.

use events::ocr::DocumentReadV1;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;
use values::{ApplicationId, ContentType, DocumentId};

/// The longest document, in bytes.
pub(crate) const DOCUMENT_BYTES_MAX: u64 = 10 * 1024 * 1024;
/// The most documents of one application.
pub(crate) const DOCUMENTS_PER_APPLICATION_MAX: u64 = 10;
/// The most links for an upload that one person is given in a day.
pub(crate) const UPLOADS_A_DAY_MAX: u64 = 20;
/// How long a link for an upload is good.
pub(crate) const UPLOAD_LINK_LASTS: Duration = Duration::minutes(10);
/// How long a link to a document is good.
pub(crate) const READ_LINK_LASTS: Duration = Duration::minutes(5);

/// What the client says that it will upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Announced {
    pub(crate) content_type: ContentType,
    /// In bytes.
    #[schema(minimum = 1, maximum = 10_485_760)]
    pub(crate) content_length: u64,
}

impl Announced {
    /// Whether it is as long as a document may be.
    pub(crate) const fn is_of_length(self) -> bool {
        1 <= self.content_length && self.content_length <= DOCUMENT_BYTES_MAX
    }
}

/// What became of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was read; what stands on it is sealed.
    Read(Vec<u8>),
    /// It could not be, for a reason that `ocr` names.
    Failed(String),
    /// It is not what was announced.
    Differs,
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) id: DocumentId,
    pub(crate) application_id: ApplicationId,
    pub(crate) announced: Announced,
    pub(crate) asked_at: OffsetDateTime,
    /// What has read it.
    pub(crate) engine: Option<String>,
    /// None until `ocr` has said.
    pub(crate) outcome: Option<Outcome>,
    pub(crate) is_deleted: bool,
}

impl Document {
    /// Where it is in the container: by the day in UTC on which it was asked for.
    pub(crate) fn blob_name(&self) -> String {
        let day = self.asked_at.to_offset(time::UtcOffset::UTC).date();
        let (year, month, day) = (day.year(), u8::from(day.month()), day.day());
        format!("{year:04}/{month:02}/{day:02}/{}", self.id)
    }

    /// What became of it by what `ocr` tells; `reading` is what it has sealed, decoded. What could
    /// not be processed at all has no length or type to compare.
    pub(crate) fn outcome_of(&self, read: &DocumentReadV1, reading: Option<Vec<u8>>) -> Outcome {
        let is_other = read.content_length != self.announced.content_length
            || read.content_type != self.announced.content_type.code();
        match (&read.failure, reading) {
            (Some(failure), _) if failure == UNPROCESSABLE => Outcome::Failed(failure.clone()),
            _ if is_other => Outcome::Differs,
            (Some(failure), _) => Outcome::Failed(failure.clone()),
            (None, Some(reading)) => Outcome::Read(reading),
            (None, None) => Outcome::Failed(UNPROCESSABLE.to_owned()),
        }
    }
}

/// The reason of `ocr` that is nobody's fault but ours: all others the applicant can mend.
pub(crate) const UNPROCESSABLE: &str = "unprocessable";

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn document() -> Document {
        Document {
            id: DocumentId::new(),
            application_id: ApplicationId::new(),
            announced: Announced { content_type: ContentType::Jpeg, content_length: 1000 },
            asked_at: datetime!(2026-11-29 00:30 +08:00),
            engine: None,
            outcome: None,
            is_deleted: false,
        }
    }

    fn read(content_type: &str, content_length: u64, failure: Option<&str>) -> DocumentReadV1 {
        DocumentReadV1 {
            document_id: String::new(),
            etag: "0x8D".to_owned(),
            content_type: content_type.to_owned(),
            content_length,
            engine: "tesseract 5.3.0".to_owned(),
            reading: None,
            failure: failure.map(str::to_owned),
        }
    }

    #[test]
    fn a_blob_is_found_by_the_day_in_utc() {
        let document = document();
        assert_eq!(document.blob_name(), format!("2026/11/28/{}", document.id));
    }

    #[test]
    fn what_is_longer_shorter_or_of_another_type_than_announced_differs() {
        let document = document();
        let failed = |code: &str| Outcome::Failed(code.to_owned());
        let sealed = Some(vec![1]);
        for (content_type, length, failure, expected) in [
            ("image/jpeg", 1000, None, Outcome::Read(vec![1])),
            ("image/jpeg", 1001, None, Outcome::Differs),
            ("image/jpeg", 999, None, Outcome::Differs),
            ("image/png", 1000, None, Outcome::Differs),
            ("IMAGE/JPEG", 1000, None, Outcome::Differs),
            ("image/jpeg", 1000, Some("empty"), failed("empty")),
            ("text/html", 0, Some("empty"), Outcome::Differs),
            ("", 0, Some("unprocessable"), failed("unprocessable")),
        ] {
            let read = read(content_type, length, failure);
            let reading = sealed.clone().filter(|_| failure.is_none());
            assert_eq!(document.outcome_of(&read, reading), expected, "{content_type} {length}");
        }
        let nothing = document.outcome_of(&read("image/jpeg", 1000, None), None);
        assert_eq!(nothing, failed("unprocessable"));
    }
}
