//! Members of staff see what waits to be decided, and who decided the rest.

use service::{Error, Json, List, Page, Staff};

use super::ReleaseBody;
use crate::domain::Release;
use crate::{App, store};

pub(crate) async fn list_releases(
    app: App,
    _by: Staff,
    list: List,
) -> Result<Json<Page<ReleaseBody>>, Error> {
    let paging = list.of("releases")?;
    let mut conn = app.database.conn().await?;
    let rows = store::releases::list_releases(&mut conn, &paging).await?;
    let place = |release: &Release| release.id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, ReleaseBody::from)))
}
