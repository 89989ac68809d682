//! Somebody asks to upload a picture that they will send, and gets a link for that.

use pictures::{AnnouncedPicture, Upload, UploadLinkBody};
use serde::{Deserialize, Serialize};
use service::database::Tx;
use service::{Consumer, Error, Json, Keyed, Recorded, Resource, once};
use utoipa::ToSchema;
use values::{IdempotencyKey, PictureId, UserId};

use crate::{App, store};

/// How long a repeat is answered with the same link: as long as it is good.
const REPLAYED_SECONDS: u32 = 600;

/// What will be uploaded.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub(crate) struct AnnounceMessagePicture(AnnouncedPicture);

/// A picture that may be uploaded, and sent within half an hour by its id (`picture_id` of
/// `POST /api/v1/messages/conversations/{conversation_id}/pictures`).
#[derive(Serialize, ToSchema)]
pub(crate) struct MessagePictureUploadBody {
    picture_id: PictureId,
    upload: UploadLinkBody,
}

impl Resource for MessagePictureUploadBody {
    const LOCATION: &'static str = "/api/v1/messages/conversations";
}

pub(crate) async fn announce_message_picture(
    app: App,
    sender: Consumer,
    key: IdempotencyKey,
    Json(input): Json<AnnounceMessagePicture>,
) -> Result<Recorded<MessagePictureUploadBody>, Error> {
    let sender = sender.user_id;
    let keyed = Keyed::new(sender.uuid(), &key, "announce_message_picture", &input)?
        .replayed_for_seconds(REPLAYED_SECONDS);
    let upload = app.pictures.link(input.0).await?;
    once(&app.database, &keyed, |tx| announce(&app, tx, sender, &upload)).await
}

async fn announce(
    app: &App,
    mut tx: Tx,
    sender: UserId,
    upload: &Upload,
) -> Result<(Tx, MessagePictureUploadBody), Error> {
    store::people::lock_photographer(&mut tx, sender).await?;
    app.pictures.announce(&mut tx, sender.uuid(), upload).await?;
    let picture_id = upload.picture_id;
    Ok((tx, MessagePictureUploadBody { picture_id, upload: upload.body() }))
}
