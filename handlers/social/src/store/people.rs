//! What people are called: a read model of user-profile.

use std::collections::HashMap;

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Params, Value};
use service::database::Tx;
use uuid::Uuid;
use values::UserId;

/// What these people are called, in their order; empty for who has not chosen a name.
pub(crate) async fn find_names<const N: usize>(
    tx: &mut Tx,
    user_ids: [UserId; N],
) -> Result<[String; N], Error> {
    let places = vec!["?"; N].join(", ");
    let sql = format!("SELECT user_id, display_name FROM people WHERE user_id IN ({places})");
    let ids: Vec<Value> = user_ids.iter().map(|id| id.uuid().into()).collect();
    let rows: Vec<(Uuid, String)> = tx.exec(sql, Params::Positional(ids)).await?;
    let names: HashMap<Uuid, String> = rows.into_iter().collect();
    Ok(user_ids.map(|id| names.get(&id.uuid()).cloned().unwrap_or_default()))
}
