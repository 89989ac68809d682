//! A person wants no pushes on this device any more.

use service::{Caller, Error, NoContent};

use crate::App;
use crate::store::push_tokens;

pub(crate) async fn remove_push_token(app: App, caller: Caller) -> Result<NoContent, Error> {
    let mut conn = app.database.conn().await?;
    push_tokens::delete_push_token(&mut conn, &caller).await?;
    Ok(NoContent)
}
