//! What other services told of people, their logins, and shops.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use outbox::Tx;
use uuid::Uuid;
use values::{BusinessId, SessionId, UserId};

/// A shop that can be paid.
pub(crate) struct Shop {
    pub(crate) owner_user_id: UserId,
    pub(crate) shop_name: String,
}

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

/// Empty where the person has not chosen a name.
pub(crate) async fn find_person_name(tx: &mut Tx, user_id: UserId) -> Result<String, Error> {
    let name: Option<String> = tx
        .exec_first("SELECT display_name FROM people WHERE user_id = ?", (user_id.uuid(),))
        .await?;
    Ok(name.unwrap_or_default())
}

/// Keeps the newest version; an older one that arrives late changes nothing.
pub(crate) async fn save_shop(
    tx: &mut Tx,
    business_id: BusinessId,
    shop: &Shop,
    version: u32,
) -> Result<(), Error> {
    // `version` is assigned last: the assignments before it still see the stored one.
    tx.exec_drop(
        "INSERT INTO shops (business_id, owner_user_id, shop_name, version)
         VALUES (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE
             owner_user_id = IF(VALUES(version) > version, VALUES(owner_user_id), owner_user_id),
             shop_name = IF(VALUES(version) > version, VALUES(shop_name), shop_name),
             version = GREATEST(version, VALUES(version))",
        (business_id.uuid(), shop.owner_user_id.uuid(), &shop.shop_name, version),
    )
    .await
}

pub(crate) async fn find_shop(
    connection: &mut impl Queryable,
    business_id: BusinessId,
) -> Result<Option<Shop>, Error> {
    let row: Option<(Uuid, String)> = connection
        .exec_first(
            "SELECT owner_user_id, shop_name FROM shops WHERE business_id = ?",
            (business_id.uuid(),),
        )
        .await?;
    Ok(row.map(|(owner, shop_name)| Shop { owner_user_id: UserId::from_uuid(owner), shop_name }))
}

/// How long a revoked login is remembered: access tokens live for ten minutes.
const REVOKED_SESSION_HOURS: u32 = 1;

pub(crate) async fn save_revoked_session(tx: &mut Tx, session_id: SessionId) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT IGNORE INTO revoked_sessions (session_id) VALUES (?)",
        (session_id.uuid(),),
    )
    .await?;
    tx.query_drop(format!(
        "DELETE FROM revoked_sessions
         WHERE revoked_at < NOW(6) - INTERVAL {REVOKED_SESSION_HOURS} HOUR LIMIT 100"
    ))
    .await
}

pub(crate) async fn is_session_revoked(tx: &mut Tx, session_id: SessionId) -> Result<bool, Error> {
    let row: Option<u8> = tx
        .exec_first("SELECT 1 FROM revoked_sessions WHERE session_id = ?", (session_id.uuid(),))
        .await?;
    Ok(row.is_some())
}
