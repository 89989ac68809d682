//! What other services' events say about people and shops.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use uuid::Uuid;
use values::{BusinessId, UserId};

/// A shop that can be paid.
pub(crate) struct Shop {
    pub(crate) owner_user_id: UserId,
    pub(crate) shop_name: String,
    /// A shop is closed for good: nobody can pay it any more.
    pub(crate) is_closed: bool,
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
        "INSERT INTO shops (business_id, owner_user_id, shop_name, is_closed, version)
         VALUES (?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE
             owner_user_id = IF(VALUES(version) > version, VALUES(owner_user_id), owner_user_id),
             shop_name = IF(VALUES(version) > version, VALUES(shop_name), shop_name),
             is_closed = IF(VALUES(version) > version, VALUES(is_closed), is_closed),
             version = GREATEST(version, VALUES(version))",
        (business_id.uuid(), shop.owner_user_id.uuid(), &shop.shop_name, shop.is_closed, version),
    )
    .await
}

pub(crate) async fn find_shop(
    connection: &mut impl Queryable,
    business_id: BusinessId,
) -> Result<Option<Shop>, Error> {
    let row: Option<(Uuid, String, bool)> = connection
        .exec_first(
            "SELECT owner_user_id, shop_name, is_closed FROM shops WHERE business_id = ?",
            (business_id.uuid(),),
        )
        .await?;
    Ok(row.map(|(owner, shop_name, is_closed)| Shop {
        owner_user_id: UserId::from_uuid(owner),
        shop_name,
        is_closed,
    }))
}
