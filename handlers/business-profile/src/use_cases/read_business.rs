//! A person reads one of their own businesses.

use values::{BusinessId, UserId};

use crate::domain::Business;
use crate::error::Error;
use crate::{App, store};

pub(crate) async fn read_business(
    app: &App,
    owner_user_id: UserId,
    business_id: BusinessId,
) -> Result<Business, Error> {
    let mut conn = app.pool.get_conn().await?;
    store::find_business(&mut conn, owner_user_id, business_id).await?.ok_or(Error::NoBusiness)
}
