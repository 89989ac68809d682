//! The static code that a shop prints and puts on its counter.

use values::BusinessId;

use super::wait_for_event::wait_for_event;
use crate::domain::shop_code;
use crate::error::Error;
use crate::{App, store};

/// The payload. Waits a moment for a shop that is not known yet.
pub(crate) async fn encode_shop(app: &App, business_id: BusinessId) -> Result<String, Error> {
    let found = wait_for_event(|| async {
        let mut conn = app.pool.get_conn().await?;
        Ok(store::find_shop(&mut conn, business_id).await?)
    });
    let shop = found.await?.ok_or(Error::NoBusiness)?;
    Ok(shop_code(&shop, &app.signing_key)?)
}
