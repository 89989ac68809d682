//! A person sees on which devices they can log in.

use service::Caller;

use crate::error::Error;
use crate::store::ListedDevice;
use crate::{App, store};

pub(crate) async fn list_devices(app: &App, caller: &Caller) -> Result<Vec<ListedDevice>, Error> {
    let mut conn = app.pool.get_conn().await?;
    store::find_session(&mut conn, caller.session_id).await?.ok_or(Error::SessionEnded)?;
    Ok(store::list_devices(&mut conn, caller.user_id).await?)
}
