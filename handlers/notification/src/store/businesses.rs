//! The SQL of businesses: whose they are.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use uuid::Uuid;
use values::{BusinessId, UserId};

/// Keeps the newest version; an older one that arrives late changes nothing.
pub(crate) async fn save_business(
    tx: &mut Tx,
    business_id: BusinessId,
    owner: UserId,
    is_closed: bool,
    version: u32,
) -> Result<(), Error> {
    // `version` is assigned last: the assignments before it still see the stored one.
    tx.exec_drop(
        "INSERT INTO businesses (business_id, owner_user_id, is_closed, version)
         VALUES (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE
             owner_user_id = IF(VALUES(version) > version, VALUES(owner_user_id), owner_user_id),
             is_closed = IF(VALUES(version) > version, VALUES(is_closed), is_closed),
             version = GREATEST(version, VALUES(version))",
        (business_id.uuid(), owner.uuid(), is_closed, version),
    )
    .await
}

/// Holds the row of an open business until the transaction ends; its owner, if it is known.
pub(crate) async fn lock_open_business(
    tx: &mut Tx,
    business_id: BusinessId,
) -> Result<Option<UserId>, Error> {
    let owner: Option<Uuid> = tx
        .exec_first(
            "SELECT owner_user_id FROM businesses WHERE business_id = ? AND NOT is_closed
             FOR UPDATE",
            (business_id.uuid(),),
        )
        .await?;
    Ok(owner.map(UserId::from_uuid))
}
