//! Members of staff see what waits to be decided, and who decided the rest.

use serde::Deserialize;
use service::{Error, Json, List, Page, Staff};
use utoipa::IntoParams;

use super::ReleaseBody;
use crate::domain::{DecisionStatus, Release};
use crate::{App, store};

/// Which releases.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListReleases {
    /// Those that stand like this; those that are proposed if absent.
    #[param(inline)]
    status: Option<DecisionStatus>,
}

pub(crate) async fn list_releases(
    app: App,
    _by: Staff,
    list: List<ListReleases>,
) -> Result<Json<Page<ReleaseBody>>, Error> {
    let status = list.filter.status.unwrap_or(DecisionStatus::Proposed);
    let paging = list.of(status.code())?;
    let mut conn = app.database.conn().await?;
    let rows = store::releases::list_releases(&mut conn, status, &paging).await?;
    let place = |release: &Release| release.id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, ReleaseBody::from)))
}
