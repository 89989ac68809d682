//! What people are called: a read model of `user-profile` that several services keep, each in a
//! table of its own, `people`.

use events::Envelope;
use events::user_profile::ProfileChangedV1;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use values::UserId;

use crate::consume::{Failure, decode};

/// Keeps the newest name; an older one that arrives late changes nothing. Other events do nothing.
///
/// # Errors
/// Poison if the event names nobody; otherwise as the database.
pub async fn learn_name(tx: &mut Tx, event: &Envelope) -> Result<(), Failure> {
    let Some(profile) = decode::<ProfileChangedV1>(event)? else { return Ok(()) };
    let user_id: UserId = profile.user_id.parse().map_err(Failure::poison)?;
    // `version` is assigned last: the assignments before it still see the stored one.
    tx.exec_drop(
        "INSERT INTO people (user_id, display_name, version) VALUES (?, ?, ?)
         ON DUPLICATE KEY UPDATE
             display_name = IF(VALUES(version) > version, VALUES(display_name), display_name),
             version = GREATEST(version, VALUES(version))",
        (user_id.uuid(), &profile.display_name, profile.version),
    )
    .await?;
    Ok(())
}
