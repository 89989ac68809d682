//! A person sees which businesses they own.

use service::{Error, Json, List, Merchant, Page};

use super::read_business::BusinessBody;
use crate::domain::Business;
use crate::{App, store};

/// Closed businesses are not listed.
pub(crate) async fn list_businesses(
    app: App,
    owner: Merchant,
    list: List,
) -> Result<Json<Page<BusinessBody>>, Error> {
    let paging = list.of(owner.user_id)?;
    let mut conn = app.database.conn().await?;
    let rows = store::list_businesses(&mut conn, owner.user_id, &paging).await?;
    let place = |business: &Business| business.business_id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, BusinessBody::from)))
}
