//! A person sees which businesses they own.

use serde::Serialize;
use service::{Error, Json, Merchant};
use utoipa::ToSchema;

use super::read_business::BusinessBody;
use crate::{App, store};

/// All businesses of the caller that are not closed.
#[derive(Serialize, ToSchema)]
pub(crate) struct BusinessesBody {
    /// The oldest first.
    businesses: Vec<BusinessBody>,
}

pub(crate) async fn list_businesses(
    app: App,
    owner: Merchant,
) -> Result<Json<BusinessesBody>, Error> {
    let mut conn = app.database.conn().await?;
    let businesses = store::list_businesses(&mut conn, owner.user_id).await?;
    let businesses = businesses.into_iter().map(BusinessBody::from).collect();
    Ok(Json(BusinessesBody { businesses }))
}
