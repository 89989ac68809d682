//! Somebody asks to upload a logo of a business, and gets a link for that.

use pictures::{AnnouncedPicture, Upload, UploadLinkBody};
use serde::{Deserialize, Serialize};
use service::database::Tx;
use service::{Error, Id, Json, Keyed, Merchant, Recorded, Resource, once};
use utoipa::ToSchema;
use values::{BusinessId, IdempotencyKey, NO_BUSINESS, PictureId, ShopAct};

use crate::{App, store};

/// How long a repeat is answered with the same link: as long as it is good.
const REPLAYED_SECONDS: u32 = 600;

/// What will be uploaded.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub(crate) struct AnnounceLogo(AnnouncedPicture);

/// A logo that may be uploaded, and shown within half an hour by its id (`logo_id` of
/// `PATCH /api/v1/businesses/{business_id}`).
#[derive(Serialize, ToSchema)]
pub(crate) struct AnnouncedLogoBody {
    business_id: BusinessId,
    logo_id: PictureId,
    upload: UploadLinkBody,
}

impl Resource for AnnouncedLogoBody {
    const LOCATION: &'static str = "/api/v1/businesses/{business_id}";
}

pub(crate) async fn announce_logo(
    app: App,
    Id(business_id): Id<BusinessId>,
    person: Merchant,
    key: IdempotencyKey,
    Json(input): Json<AnnounceLogo>,
) -> Result<Recorded<AnnouncedLogoBody>, Error> {
    let scope = person.user_id.uuid();
    let keyed = Keyed::new(scope, &key, "announce_logo", &(business_id, &input))?
        .replayed_for_seconds(REPLAYED_SECONDS);
    let upload = app.logos.link(input.0).await?;
    once(&app.database, &keyed, |tx| announce(&app, tx, business_id, &person, &upload)).await
}

async fn announce(
    app: &App,
    mut tx: Tx,
    business_id: BusinessId,
    person: &Merchant,
    upload: &Upload,
) -> Result<(Tx, AnnouncedLogoBody), Error> {
    let found = store::lock_business(&mut tx, person.user_id, business_id).await?;
    let (_, role) = found.ok_or(NO_BUSINESS)?;
    role.require(ShopAct::Describe)?;
    app.logos.announce(&mut tx, business_id.uuid(), upload).await?;
    let logo_id = upload.picture_id;
    Ok((tx, AnnouncedLogoBody { business_id, logo_id, upload: upload.body() }))
}
