//! Whether somebody has the secret of what they want to see or claim.

use serde::{Deserialize, Serialize};
use service::database::now;
use service::{Error, LinkSecret};
use utoipa::ToSchema;
use uuid::Uuid;
use values::UserId;

use crate::domain::{Parcel, ParcelKind};
use crate::{App, store};

/// The secret of a pay link or red packet.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShowSecret {
    #[schema(inline)]
    pub(super) secret: LinkSecret,
}

/// The parcel whose secret was shown. One that is not there is answered and counted like a wrong
/// secret. Who has the right one is never refused for wrong ones, which others may have sent them.
/// Nothing is locked: a secret never changes.
pub(super) async fn check_secret(
    app: &App,
    person: UserId,
    kind: ParcelKind,
    id: Uuid,
    shown: &ShowSecret,
) -> Result<Parcel, Error> {
    let mut conn = app.database.conn().await?;
    let digest = shown.secret.digest();
    let found = store::parcels::find_parcel_by_secret(&mut conn, kind, id, &digest).await?;
    drop(conn);
    if let Some(parcel) = found {
        return Ok(parcel);
    }
    // Of those that are shown at once, each has its own number.
    let mut tx = app.database.begin().await?;
    store::wrong_secrets::count_wrong_secret(&mut tx, person, now()).await?;
    let wrong = store::wrong_secrets::find_wrong_secrets(&mut tx, person).await?;
    tx.commit().await?;
    wrong.map_or(Ok(()), |wrong| wrong.require_few(now()))?;
    Err(kind.not_found().into())
}
