//! Somebody is shown a person's picture.

use pictures::{PictureFile, PictureSize};
use service::{Error, Id};
use values::PictureId;

use crate::App;

/// Without a login, so that pages and apps show it as any picture. Its id is told to those only who
/// may see it, and cannot be guessed.
pub(crate) async fn read_picture(
    app: App,
    Id(picture_id): Id<PictureId>,
    Id(size): Id<PictureSize>,
) -> Result<PictureFile, Error> {
    app.pictures.read(&app.database, picture_id, size).await
}
