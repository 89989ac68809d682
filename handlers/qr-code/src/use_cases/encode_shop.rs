//! The static code that a shop prints and puts on its counter.

use service::database::now;
use service::{Caller, Error};
use values::{BusinessId, NO_BUSINESS, unknown};

use super::code_file::{CodeFile, Drawing};
use super::wait_for_event::wait_for_event;
use crate::domain::{Shop, shop_code};
use crate::{App, store};

/// Short, so that a shop that changes its name soon sees the new one in its code.
const CACHE: &str = "private, max-age=60";

/// Waits a moment for a shop that this service does not know yet.
pub(crate) async fn encode_shop(
    app: App,
    CodeFile { id, format }: CodeFile<BusinessId>,
    _caller: Caller,
) -> Result<Drawing, Error> {
    let found = wait_for_event(id.uuid(), || async {
        let mut conn = app.database.conn().await?;
        Ok(store::find_shop(&mut conn, id).await?)
    });
    let shop = found.await?.ok_or_else(|| unknown(id.uuid(), now(), NO_BUSINESS))?;
    let shop = Shop::open(shop).ok_or(NO_BUSINESS)?;
    let payload = shop_code(&shop, &app.signing_key).map_err(Error::internal)?;
    Drawing::new(&payload, format, CACHE)
}
