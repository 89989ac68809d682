//! Who reads what staff do sees whose wallets were closed. Auth does, to end their owners' logins.

use serde::Serialize;
use service::{Auditor, Error, Json, List, Page};
use utoipa::ToSchema;
use values::{Timestamp, UserId};

use crate::{App, store};

/// A wallet that its owner closed.
#[derive(Serialize, ToSchema)]
pub(crate) struct WalletClosingBody {
    user_id: UserId,
    closed_at: Timestamp,
}

pub(crate) async fn list_wallet_closings(
    app: App,
    _by: Auditor,
    list: List,
) -> Result<Json<Page<WalletClosingBody>>, Error> {
    let paging = list.of("wallet-closings")?;
    let mut conn = app.database.conn().await?;
    let rows = store::wallet_closings::list_wallet_closings(&mut conn, &paging).await?;
    Ok(Json(paging.page(
        rows,
        |closing| closing.closing_id.as_u128(),
        |closing| {
            let (user_id, closed_at) = (closing.user_id, closing.closed_at.into());
            WalletClosingBody { user_id, closed_at }
        },
    )))
}
