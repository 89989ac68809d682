//! Somebody is shown the logo of a shop.

use pictures::{PictureFile, PictureSize};
use service::{Error, Id};
use values::PictureId;

use crate::App;

/// Without a login: a page that asks to be paid shows it.
pub(crate) async fn read_logo(
    app: App,
    Id(logo_id): Id<PictureId>,
    Id(size): Id<PictureSize>,
) -> Result<PictureFile, Error> {
    app.logos.read(&app.database, logo_id, size).await
}
