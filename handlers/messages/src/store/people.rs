//! What people are called: a read model of user-profile.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use values::UserId;

/// Empty if they have not chosen one.
pub(crate) async fn find_name(
    connection: &mut impl Queryable,
    user_id: UserId,
) -> Result<String, Error> {
    let sql = "SELECT display_name FROM people WHERE user_id = ?";
    let name: Option<String> = connection.exec_first(sql, (user_id.uuid(),)).await?;
    Ok(name.unwrap_or_default())
}
