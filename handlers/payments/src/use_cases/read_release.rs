//! A member of staff reads a release together with the account that it is about, and why that was
//! stopped, before they approve it.

use serde::Serialize;
use service::{Error, Id, Json, Staff};
use utoipa::ToSchema;
use values::ReleaseId;

use super::read_account::show_account;
use super::{AccountBody, ReleaseBody};
use crate::domain::NO_RELEASE;
use crate::{App, store};

/// A release and its account.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReleaseWithAccountBody {
    release: ReleaseBody,
    account: AccountBody,
}

pub(crate) async fn read_release(
    app: App,
    Id(id): Id<ReleaseId>,
    _by: Staff,
) -> Result<Json<ReleaseWithAccountBody>, Error> {
    let mut conn = app.database.conn().await?;
    let release = store::releases::find_release(&mut conn, id).await?.ok_or(NO_RELEASE)?;
    let account = show_account(&mut conn, release.account_id).await?;
    Ok(Json(ReleaseWithAccountBody { release: release.into(), account }))
}
