//! Who is found by their phone, and how many phones a person has asked for.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Params, Value};
use service::database::Tx;
use uuid::Uuid;
use values::{Product, UserId};

use super::users::kept_phone;
use crate::domain::{
    CONTACTS_PER_REQUEST_MAX, ContactAllowance, IndexedPhone, KeptPhone, REMEMBERED_DAYS,
};

type FoundRow = (Option<String>, Option<Vec<u8>>, Uuid);

/// Of a session.
const CONSUMER: &str = Product::Consumer.code();

/// What this person has asked for; nobody else asks in their name until the transaction ends.
pub(crate) async fn lock_allowance(
    tx: &mut Tx,
    user_id: UserId,
) -> Result<ContactAllowance, Error> {
    tx.exec_drop(
        "INSERT INTO contact_allowances (user_id, asked, changed_at) VALUES (?, '', NOW(6))
         ON DUPLICATE KEY UPDATE user_id = VALUES(user_id)",
        (user_id.uuid(),),
    )
    .await?;
    let sql = "SELECT asked FROM contact_allowances WHERE user_id = ? FOR UPDATE";
    let asked: Option<Vec<u8>> = tx.exec_first(sql, (user_id.uuid(),)).await?;
    let unreadable = || Error::Other(format!("what {user_id} asked for cannot be read").into());
    ContactAllowance::read(&asked.unwrap_or_default()).ok_or_else(unreadable)
}

pub(crate) async fn update_allowance(
    tx: &mut Tx,
    user_id: UserId,
    allowance: &ContactAllowance,
) -> Result<(), Error> {
    let sql = "UPDATE contact_allowances SET asked = ?, changed_at = NOW(6) WHERE user_id = ?";
    tx.exec_drop(sql, (allowance.stored(), user_id.uuid())).await
}

/// Those of whom nothing counts any more.
pub(crate) async fn delete_old_allowances(
    connection: &mut impl Queryable,
    limit: u64,
) -> Result<u64, Error> {
    let sql = "DELETE FROM contact_allowances WHERE changed_at < NOW(6) - INTERVAL ? DAY LIMIT ?";
    Ok(connection.exec_iter(sql, (REMEMBERED_DAYS, limit)).await?.affected_rows())
}

/// The people of these phones who let themselves be found by them, and have logged in to the
/// consumers' app: whoever has a shop alone has no wallet that they look into.
pub(crate) async fn list_findable(
    connection: &mut impl Queryable,
    phones: &[IndexedPhone<'_>],
) -> Result<Vec<(KeptPhone, UserId)>, Error> {
    if phones.is_empty() {
        return Ok(Vec::new());
    }
    // Always as many places, so that it is one prepared statement: an empty text is nobody's phone.
    let places = ["?"; CONTACTS_PER_REQUEST_MAX].join(", ");
    let found_by = |column: &str| {
        format!(
            "SELECT phone, phone_index, user_id FROM users
             WHERE {column} IN ({places}) AND is_findable_by_phone
                 AND EXISTS (SELECT 1 FROM sessions
                     WHERE sessions.user_id = users.user_id AND product = '{CONSUMER}')"
        )
    };
    let sql = format!("{} UNION ALL {}", found_by("phone_index"), found_by("phone"));
    let mut values: Vec<Value> = phones.iter().map(|phone| phone.index.into()).collect();
    values.resize(CONTACTS_PER_REQUEST_MAX, "".into());
    values.extend(phones.iter().map(|phone| Value::from(phone.phone.to_string())));
    values.resize(2 * CONTACTS_PER_REQUEST_MAX, "".into());
    let rows: Vec<FoundRow> = connection.exec(sql, Params::Positional(values)).await?;
    let unreadable = || Error::Other("a phone cannot be read".into());
    let row = |(phone, index, id): FoundRow| {
        let phone = kept_phone(phone, index).ok_or_else(unreadable)?;
        Ok((phone, UserId::from_uuid(id)))
    };
    rows.into_iter().map(row).collect()
}

pub(crate) async fn is_findable(
    connection: &mut impl Queryable,
    user_id: UserId,
) -> Result<Option<bool>, Error> {
    let sql = "SELECT is_findable_by_phone FROM users WHERE user_id = ?";
    connection.exec_first(sql, (user_id.uuid(),)).await
}

pub(crate) async fn update_findable(
    connection: &mut impl Queryable,
    user_id: UserId,
    is_findable: bool,
) -> Result<(), Error> {
    let sql = "UPDATE users SET is_findable_by_phone = ? WHERE user_id = ?";
    connection.exec_drop(sql, (is_findable, user_id.uuid())).await
}
