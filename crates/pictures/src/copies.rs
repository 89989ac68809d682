//! Copies of pictures that somebody has reported: each report has its own, under its own name, so
//! that no link to the picture itself ever shows whether there is one.

use std::time::Duration;

use service::Error;
use tokio::time::timeout;
use values::{MessageReportId, PictureId};

use crate::file::PictureSize;
use crate::pictures::{Pictures, shown};
use crate::upload::{PICTURE_BYTES_MAX, PictureLinkBody};

/// How long one copy is waited for, and a link to one.
const COPIED_WITHIN: Duration = Duration::from_secs(5);
const LINKED_WITHIN: Duration = Duration::from_secs(5);

/// A copy of a picture, for whoever looks into a report of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureCopy {
    /// Whose it is, and whose time it shares.
    pub report_id: MessageReportId,
    /// Of what.
    pub picture_id: PictureId,
}

impl PictureCopy {
    fn name(self) -> String {
        format!("reported/{}/{}", self.report_id, self.picture_id)
    }
}

impl Pictures {
    /// Makes it of the larger size. Doing it again changes nothing. False if nothing is left to be
    /// copied and nothing was.
    pub async fn copy(&self, copy: PictureCopy) -> Result<bool, Error> {
        let copied = timeout(COPIED_WITHIN, self.copy_once(copy)).await;
        copied.map_err(|elapsed| self.account.unavailable(&elapsed))?
    }

    async fn copy_once(&self, copy: PictureCopy) -> Result<bool, Error> {
        let (name, large) = (copy.name(), shown(copy.picture_id, PictureSize::Large));
        match self.account.read(self.container, &large, PICTURE_BYTES_MAX).await? {
            None => self.account.exists(self.container, &name).await,
            Some(bytes) => {
                self.account.write(self.container, &name, bytes, "image/jpeg").await?;
                Ok(true)
            }
        }
    }

    /// A link to one that was made, whatever became of the picture.
    pub async fn link_to_copy(&self, copy: PictureCopy) -> Result<PictureLinkBody, Error> {
        let linked = timeout(LINKED_WITHIN, self.read_link(&copy.name())).await;
        linked.map_err(|elapsed| self.account.unavailable(&elapsed))?
    }

    /// One that is not there is deleted already.
    pub async fn delete_copy(&self, copy: PictureCopy) -> Result<(), Error> {
        self.account.delete(self.container, &copy.name()).await
    }
}
