//! What people are called: a read model of user-profile.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use values::UserId;

/// Keeps the newest version; an older one that arrives late changes nothing.
pub(crate) async fn save_person(
    tx: &mut Tx,
    user_id: UserId,
    display_name: &str,
    version: u32,
) -> Result<(), Error> {
    // `version` is assigned last: the assignments before it still see the stored one.
    tx.exec_drop(
        "INSERT INTO people (user_id, display_name, version) VALUES (?, ?, ?)
         ON DUPLICATE KEY UPDATE
             display_name = IF(VALUES(version) > version, VALUES(display_name), display_name),
             version = GREATEST(version, VALUES(version))",
        (user_id.uuid(), display_name, version),
    )
    .await
}

/// Empty if they have not chosen one.
pub(crate) async fn find_name(
    connection: &mut impl Queryable,
    user_id: UserId,
) -> Result<String, Error> {
    let sql = "SELECT display_name FROM people WHERE user_id = ?";
    let name: Option<String> = connection.exec_first(sql, (user_id.uuid(),)).await?;
    Ok(name.unwrap_or_default())
}
