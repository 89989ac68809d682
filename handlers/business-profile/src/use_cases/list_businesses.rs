//! A person sees which businesses they own or work in.

use service::{Error, Json, List, Merchant, Page};

use super::read_business::BusinessBody;
use crate::{App, store};

/// Closed businesses are not listed.
pub(crate) async fn list_businesses(
    app: App,
    person: Merchant,
    list: List,
) -> Result<Json<Page<BusinessBody>>, Error> {
    let paging = list.of(person.user_id)?;
    let mut conn = app.database.conn().await?;
    let rows = store::list_businesses(&mut conn, person.user_id, &paging).await?;
    let place = |(business, _): &store::Found| business.business_id.uuid().as_u128();
    Ok(Json(paging.page(rows, place, BusinessBody::of)))
}
