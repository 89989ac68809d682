//! What a client says of a picture before it uploads it, and what it gets for that.

use blobs::Link;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use values::{ContentType, PictureId, Timestamp};

/// The longest picture, in bytes.
pub(crate) const PICTURE_BYTES_MAX: usize = 5 * 1024 * 1024;

/// What will be uploaded. What comes in its place, or is longer or shorter, is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnouncedPicture {
    pub(crate) content_type: ContentType,
    /// In bytes.
    #[schema(value_type = u64, minimum = 1, maximum = 5_242_880)]
    pub(crate) content_length: u32,
}

impl AnnouncedPicture {
    /// Whether it is as long as a picture may be.
    pub(crate) fn is_of_length(self) -> bool {
        let length = usize::try_from(self.content_length);
        length.is_ok_and(|length| (1..=PICTURE_BYTES_MAX).contains(&length))
    }
}

/// A picture that may be uploaded from now on.
pub struct Upload {
    /// Also its name once it is shown.
    pub picture_id: PictureId,
    pub(crate) announced: AnnouncedPicture,
    pub(crate) asked_at: OffsetDateTime,
    pub(crate) link: Link,
}

/// Where to upload a picture, and how.
#[derive(Serialize, ToSchema)]
pub struct UploadLinkBody {
    /// `PUT` the bytes here, once. Whoever has this can upload: keep it, and log it nowhere.
    url: String,
    /// Sent with it; without them it is refused.
    headers: Vec<LinkHeaderBody>,
    /// From then on the link is good for nothing.
    expires_at: Timestamp,
}

/// Where a picture is.
#[derive(Serialize, ToSchema)]
pub struct PictureLinkBody {
    /// `GET` the JPEG here. Whoever has this sees it: keep it, and log it nowhere.
    url: String,
    /// From then on the link is good for nothing.
    expires_at: Timestamp,
}

impl From<Link> for PictureLinkBody {
    fn from(link: Link) -> Self {
        Self { url: link.url, expires_at: link.expires_at.into() }
    }
}

/// A header of the upload.
#[derive(Serialize, ToSchema)]
struct LinkHeaderBody {
    name: String,
    value: String,
}

impl Upload {
    /// What its client is told.
    pub fn body(&self) -> UploadLinkBody {
        let header = |name: &str, value: &str| LinkHeaderBody {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        UploadLinkBody {
            url: self.link.url.clone(),
            headers: vec![
                header("x-ms-blob-type", "BlockBlob"),
                header("content-type", self.announced.content_type.code()),
            ],
            expires_at: self.link.expires_at.into(),
        }
    }
}
