//! A person sees which businesses they own.

use serde::Serialize;
use utoipa::ToSchema;
use values::UserId;

use super::read_business::BusinessBody;
use crate::error::Error;
use crate::{App, store};

/// All businesses of the caller.
#[derive(Serialize, ToSchema)]
pub(crate) struct BusinessesBody {
    /// The oldest first.
    businesses: Vec<BusinessBody>,
}

pub(crate) async fn list_businesses(
    app: &App,
    owner_user_id: UserId,
) -> Result<BusinessesBody, Error> {
    let mut conn = app.pool.get_conn().await?;
    let businesses = store::list_businesses(&mut conn, owner_user_id).await?;
    Ok(BusinessesBody { businesses: businesses.into_iter().map(BusinessBody::from).collect() })
}
