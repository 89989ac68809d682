//! Somebody sees whom they are about to pay.

use mysql_async::Conn;
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

/// Whether all of them are people with wallets that are not closed, and none blocks the caller, to
/// whom that is the same. What pays one that is closed meanwhile is refused.
pub(super) async fn require_wallets(
    conn: &mut Conn,
    caller: UserId,
    people: &[UserId],
) -> Result<(), Error> {
    let ids = people.iter().map(|id| id.uuid()).collect();
    let found = store::ledger::list_wallets(conn, &ids).await?;
    let away = store::blocks::list_away(conn, caller, &ids).await?;
    let missing = ids.iter().find(|id| !found.contains(*id) || away.contains(*id));
    missing.map_or(Ok(()), |id| Err(unknown(*id, now(), NO_PAYEE).into()))
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
    require_wallets(&mut conn, caller.user_id, &[id]).await?;
    let name = store::read_models::find_name(&mut conn, id).await?;
    Ok(Json(PayeeBody { payee: Party::user(id, masked(&name.unwrap_or_default())) }))
}
