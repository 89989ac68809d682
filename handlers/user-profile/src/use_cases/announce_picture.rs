//! A person asks to upload a picture of themselves, and gets a link for that.

use pictures::{AnnouncedPicture, Upload, UploadLinkBody};
use serde::{Deserialize, Serialize};
use service::database::Tx;
use service::{Caller, Error, Json, Keyed, Recorded, Resource, once};
use utoipa::ToSchema;
use values::{IdempotencyKey, NOT_YET_KNOWN, PictureId, UserId};

use crate::{App, store};

/// How long a repeat is answered with the same link: as long as it is good.
const REPLAYED_SECONDS: u32 = 600;

/// What will be uploaded.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub(crate) struct AnnouncePicture(AnnouncedPicture);

/// A picture that may be uploaded, and shown within half an hour by its id (`picture_id` of
/// `PATCH /api/v1/users/me`).
#[derive(Serialize, ToSchema)]
pub(crate) struct PictureUploadBody {
    picture_id: PictureId,
    upload: UploadLinkBody,
}

impl Resource for PictureUploadBody {
    const LOCATION: &'static str = "/api/v1/users/me";
}

pub(crate) async fn announce_picture(
    app: App,
    caller: Caller,
    key: IdempotencyKey,
    Json(input): Json<AnnouncePicture>,
) -> Result<Recorded<PictureUploadBody>, Error> {
    let user_id = caller.user_id;
    let keyed = Keyed::new(user_id.uuid(), &key, "announce_picture", &input)?
        .replayed_for_seconds(REPLAYED_SECONDS);
    let upload = app.pictures.link(input.0).await?;
    once(&app.database, &keyed, |tx| announce(&app, tx, user_id, &upload)).await
}

async fn announce(
    app: &App,
    mut tx: Tx,
    user_id: UserId,
    upload: &Upload,
) -> Result<(Tx, PictureUploadBody), Error> {
    store::lock_profile(&mut tx, user_id).await?.ok_or(NOT_YET_KNOWN)?;
    app.pictures.announce(&mut tx, user_id.uuid(), upload).await?;
    let picture_id = upload.picture_id;
    Ok((tx, PictureUploadBody { picture_id, upload: upload.body() }))
}
