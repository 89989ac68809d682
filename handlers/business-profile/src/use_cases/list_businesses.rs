//! A person sees which businesses they own.

use values::UserId;

use crate::domain::Business;
use crate::error::Error;
use crate::{App, store};

pub(crate) async fn list_businesses(
    app: &App,
    owner_user_id: UserId,
) -> Result<Vec<Business>, Error> {
    let mut conn = app.pool.get_conn().await?;
    Ok(store::list_businesses(&mut conn, owner_user_id).await?)
}
