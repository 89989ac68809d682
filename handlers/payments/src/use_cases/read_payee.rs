//! Somebody sees whom they are about to pay.

use serde::Serialize;
use service::database::now;
use service::{Consumer, Error, Id, Json};
use utoipa::ToSchema;
use values::{Party, UserId, masked, unknown};

use crate::domain::{NO_PAYEE, SAME_ACCOUNT};
use crate::{App, store};

/// A person, as somebody sees them who has not paid them yet.
#[derive(Serialize, ToSchema)]
pub(crate) struct PayeeBody {
    /// The name is masked: enough to tell a mistake, too little to learn who has an id or a phone.
    /// Whoever has paid reads all of it. Null if the person has not chosen one.
    payee: Party,
}

pub(crate) async fn read_payee(
    app: App,
    Id(id): Id<UserId>,
    caller: Consumer,
) -> Result<Json<PayeeBody>, Error> {
    if id == caller.user_id {
        return Err(SAME_ACCOUNT.into());
    }
    let mut conn = app.database.conn().await?;
    if store::blocks::is_away(&mut conn, caller.user_id, id).await? {
        return Err(unknown(id.uuid(), now(), NO_PAYEE).into());
    }
    let name = store::read_models::find_name(&mut conn, id).await?;
    Ok(Json(PayeeBody { payee: Party::user(id, masked(&name.unwrap_or_default())) }))
}
