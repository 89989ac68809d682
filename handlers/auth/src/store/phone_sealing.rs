//! How far the sealing of phone numbers is, and what it is still to do.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::database::{Tx, is_duplicate};
use uuid::Uuid;
use values::{Phone, RecoveryId, UserId};

use crate::domain::{PhoneIndex, SealedPhone};

/// A week from the first tick of a program that seals, in which it can still be rolled back to one
/// that does not. Where none ever was, a migration has begun it.
const WAIT_DAYS: u32 = 7;

/// A recovery with numbers that are not sealed.
pub(crate) struct ClearRecovery {
    pub(crate) recovery_id: RecoveryId,
    pub(crate) old: Option<Phone>,
    pub(crate) new: Phone,
}

/// Whether numbers are to be sealed, which stays so until the transaction ends: it does not begin
/// while anybody writes one that is not.
pub(crate) async fn is_sealing(tx: &mut Tx) -> Result<bool, Error> {
    let sql = "SELECT is_begun FROM phone_sealing LOCK IN SHARE MODE";
    let is_begun: Option<bool> = tx.query_first(sql).await?;
    is_begun.ok_or_else(|| Error::Other("phone_sealing has no row".into()))
}

/// What the first program made of the known text with its key of indexes: this, if none was before.
pub(crate) async fn find_index_check(
    connection: &mut Conn,
    ours: &PhoneIndex,
) -> Result<PhoneIndex, Error> {
    let sql = "UPDATE phone_sealing SET index_check = ? WHERE index_check IS NULL";
    let find = "SELECT index_check FROM phone_sealing";
    let mut found: Option<Option<Vec<u8>>> = connection.query_first(find).await?;
    if found == Some(None) {
        connection.exec_drop(sql, (ours,)).await?;
        found = connection.query_first(find).await?;
    }
    let check = found.flatten().and_then(|check| check.try_into().ok());
    check.ok_or_else(|| Error::Other("phone_sealing has no check of the index key".into()))
}

/// Whether numbers are to be sealed; begins once it is time.
pub(crate) async fn begin_sealing(connection: &mut Conn) -> Result<bool, Error> {
    let sql = "SELECT is_begun, begins_at <= NOW(6) FROM phone_sealing";
    let row: Option<(bool, Option<bool>)> = connection.query_first(sql).await?;
    match row.ok_or_else(|| Error::Other("phone_sealing has no row".into()))? {
        (true, _) => return Ok(true),
        (false, Some(true)) => {
            connection.query_drop("UPDATE phone_sealing SET is_begun = TRUE").await?;
            return Ok(true);
        }
        (false, Some(false)) => {}
        (false, None) => {
            let sql = "UPDATE phone_sealing SET begins_at = NOW(6) + INTERVAL ? DAY
                 WHERE begins_at IS NULL";
            connection.exec_drop(sql, (WAIT_DAYS,)).await?;
        }
    }
    Ok(false)
}

/// At most `limit` people with a number that is not sealed, by the number, from after this one.
pub(crate) async fn list_clear(
    connection: &mut Conn,
    after: &str,
    limit: usize,
) -> Result<Vec<(UserId, String)>, Error> {
    let sql = "SELECT user_id, phone FROM users WHERE phone > ? ORDER BY phone LIMIT ?";
    let row = |(user_id, phone)| (UserId::from_uuid(user_id), phone);
    connection.exec_map(sql, (after, limit), row).await
}

/// Puts the sealed number in the place of the same one; false if it cannot be, since another user
/// has it sealed. Whoever has another number by now has sealed that.
pub(crate) async fn seal_clear(
    connection: &mut Conn,
    user_id: UserId,
    SealedPhone { phone, index, sealed }: &SealedPhone,
) -> Result<bool, Error> {
    let sql = "UPDATE users SET phone = NULL, phone_sealed = ?, phone_index = ?
         WHERE user_id = ? AND phone = ?";
    let values = (sealed, index, user_id.uuid(), phone.to_string());
    match connection.exec_drop(sql, values).await {
        Err(error) if is_duplicate(&error) => Ok(false),
        updated => updated.map(|()| true),
    }
}

/// At most `limit` recoveries with numbers that are not sealed.
pub(crate) async fn list_clear_recoveries(
    connection: &mut Conn,
    limit: usize,
) -> Result<Vec<ClearRecovery>, Error> {
    let sql = "SELECT recovery_id, old_phone, new_phone FROM recoveries
         WHERE new_phone > '' LIMIT ?";
    let rows: Vec<(Uuid, Option<String>, String)> = connection.exec(sql, (limit,)).await?;
    let read = |text: String| {
        text.parse().map_err(|_| Error::Other("a phone of a recovery cannot be read".into()))
    };
    let row = |(id, old, new): (Uuid, Option<String>, String)| {
        let recovery_id = RecoveryId::from_uuid(id);
        Ok(ClearRecovery { recovery_id, old: old.map(read).transpose()?, new: read(new)? })
    };
    rows.into_iter().map(row).collect()
}

/// Puts what is sealed in the place of both numbers. The old one may be forgotten by now.
pub(crate) async fn seal_clear_recovery(
    connection: &mut Conn,
    recovery_id: RecoveryId,
    old_sealed: Option<Vec<u8>>,
    new_index: &PhoneIndex,
) -> Result<(), Error> {
    let sql = "UPDATE recoveries
         SET old_phone_sealed = IF(old_phone IS NULL, NULL, ?), old_phone = NULL,
             new_phone_index = ?, new_phone = NULL
         WHERE recovery_id = ? AND new_phone IS NOT NULL";
    connection.exec_drop(sql, (old_sealed, new_index, recovery_id.uuid())).await
}
