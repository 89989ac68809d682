//! What people are called, a read model of user-profile; who has closed their wallet; and who sends
//! pictures.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
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

/// They have closed their wallet.
pub(crate) async fn note_closed(tx: &mut Tx, user_id: UserId) -> Result<(), Error> {
    let sql = "INSERT INTO closed_people (user_id) VALUES (?)
        ON DUPLICATE KEY UPDATE user_id = VALUES(user_id)";
    tx.exec_drop(sql, (user_id.uuid(),)).await
}

/// Nobody announces a picture for this person until the transaction ends.
pub(crate) async fn lock_photographer(tx: &mut Tx, user_id: UserId) -> Result<(), Error> {
    let sql = "INSERT INTO photographers (user_id) VALUES (?)
        ON DUPLICATE KEY UPDATE user_id = VALUES(user_id)";
    tx.exec_drop(sql, (user_id.uuid(),)).await
}
