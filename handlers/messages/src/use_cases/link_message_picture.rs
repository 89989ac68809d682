//! Whoever may read a message gets a link to its picture.

use pictures::{NO_PICTURE, PictureLinkBody, PictureSize};
use service::{Consumer, Error, Id, Json};
use values::MessageId;

use crate::domain::NO_MESSAGE;
use crate::{App, store};

pub(crate) async fn link_message_picture(
    app: App,
    Id(id): Id<MessageId>,
    Id(size): Id<PictureSize>,
    reader: Consumer,
) -> Result<Json<PictureLinkBody>, Error> {
    let mut conn = app.database.conn().await?;
    let found = store::messages::find_message(&mut conn, id, reader.user_id).await?;
    drop(conn);
    let picture_id = found.ok_or(NO_MESSAGE)?.picture_id().ok_or(NO_PICTURE)?;
    Ok(Json(app.pictures.link_to(&app.database, picture_id, size).await?))
}
