//! People and their phone numbers, of which some are sealed and some are not yet.

use mysql_async::prelude::Queryable;
use mysql_async::{Error, Params, Value, params};
use service::database::{Tx, is_duplicate};
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{Phone, UserId};

use super::phone_sealing::is_sealing;
use super::pins::StoredPin;
use crate::domain::{IndexedPhone, KeptPhone, SealedPhone};

type RegistrationRow = (Option<String>, Option<Vec<u8>>, Option<Vec<u8>>, PrimitiveDateTime);

/// What became of a number that was to become a user's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum PhoneClaim {
    Claimed,
    /// Somebody else has it.
    Taken,
    /// The user does not have the number any more that was to be replaced.
    Outdated,
}

/// What a person registered with.
pub(crate) struct Registration {
    pub(crate) phone: KeptPhone,
    /// Empty of a number that is not sealed yet.
    pub(crate) sealed: Vec<u8>,
    pub(crate) registered_at: OffsetDateTime,
}

pub(crate) async fn insert_user(
    tx: &mut Tx,
    user_id: UserId,
    phone: &SealedPhone,
    pin_hash: &str,
) -> Result<PhoneClaim, Error> {
    let Some(written) = columns(tx, user_id, phone).await? else { return Ok(PhoneClaim::Taken) };
    let [clear, sealed, index] = written;
    let sql = "INSERT INTO users (user_id, phone, phone_sealed, phone_index, pin_hash)
         VALUES (?, ?, ?, ?, ?)";
    let values = vec![user_id.uuid().into(), clear, sealed, index, pin_hash.into()];
    claimed(tx.exec_drop(sql, Params::Positional(values)).await)
}

pub(crate) async fn find_registration(
    connection: &mut impl Queryable,
    user_id: UserId,
) -> Result<Option<Registration>, Error> {
    let sql = "SELECT phone, phone_sealed, phone_index, created_at FROM users WHERE user_id = ?";
    let row: Option<RegistrationRow> = connection.exec_first(sql, (user_id.uuid(),)).await?;
    row.map(|(phone, sealed, index, registered_at)| {
        let phone = kept_phone(phone, index)
            .ok_or_else(|| Error::Other(format!("user {user_id} cannot be read").into()))?;
        let (sealed, registered_at) = (sealed.unwrap_or_default(), registered_at.assume_utc());
        Ok(Registration { phone, sealed, registered_at })
    })
    .transpose()
}

/// Gives the user another phone, if they have the `old` one still.
pub(crate) async fn update_phone(
    tx: &mut Tx,
    user_id: UserId,
    old: IndexedPhone<'_>,
    new: &SealedPhone,
) -> Result<PhoneClaim, Error> {
    let Some(written) = columns(tx, user_id, new).await? else { return Ok(PhoneClaim::Taken) };
    let [clear, sealed, index] = written;
    let sql = "UPDATE users SET phone = ?, phone_sealed = ?, phone_index = ?
         WHERE user_id = ? AND (phone = ? OR phone_index = ?)";
    let of_user = [user_id.uuid().into(), old.phone.to_string().into(), old.index.into()];
    let values = [clear, sealed, index].into_iter().chain(of_user).collect();
    let updated = tx.exec_drop(sql, Params::Positional(values)).await;
    let claim = claimed(updated)?;
    let is_outdated = claim == PhoneClaim::Claimed && tx.affected_rows() == 0;
    Ok(if is_outdated { PhoneClaim::Outdated } else { claim })
}

/// Gives the user another phone, or the same, and another PIN.
pub(crate) async fn update_recovered_user(
    tx: &mut Tx,
    user_id: UserId,
    phone: &SealedPhone,
    pin_hash: &str,
) -> Result<PhoneClaim, Error> {
    let Some(written) = columns(tx, user_id, phone).await? else { return Ok(PhoneClaim::Taken) };
    let [clear, sealed, index] = written;
    let sql = "UPDATE users SET phone = ?, phone_sealed = ?, phone_index = ?, pin_hash = ?,
             pin_version = pin_version + 1
         WHERE user_id = ?";
    let values = vec![clear, sealed, index, pin_hash.into(), user_id.uuid().into()];
    claimed(tx.exec_drop(sql, Params::Positional(values)).await)
}

/// The user of a phone, and the PIN.
pub(crate) async fn find_user(
    connection: &mut impl Queryable,
    IndexedPhone { phone, index }: IndexedPhone<'_>,
) -> Result<Option<(UserId, StoredPin)>, Error> {
    let row: Option<(Uuid, String, u32)> = connection
        .exec_first(
            "SELECT user_id, pin_hash, pin_version FROM users WHERE phone_index = :index
             UNION ALL
             SELECT user_id, pin_hash, pin_version FROM users WHERE phone = :phone",
            params! { "index" => index, "phone" => phone.to_string() },
        )
        .await?;
    Ok(row
        .map(|(user_id, hash, version)| (UserId::from_uuid(user_id), StoredPin { hash, version })))
}

/// What the row says that is found by this index, or has a number that is not sealed.
pub(super) fn kept_phone(phone: Option<String>, index: Option<Vec<u8>>) -> Option<KeptPhone> {
    match phone {
        Some(phone) => phone.parse().ok().map(KeptPhone::Clear),
        None => index?.try_into().ok().map(KeptPhone::Index),
    }
}

/// The phone, the sealed one and its index as they are written now; None if somebody else has it.
/// Of two who are sealed, or of two who are not, the unique column refuses the second.
async fn columns(
    tx: &mut Tx,
    user_id: UserId,
    phone: &SealedPhone,
) -> Result<Option<[Value; 3]>, Error> {
    if !is_sealing(tx).await? {
        return Ok(Some([phone.phone.to_string().into(), Value::NULL, Value::NULL]));
    }
    if has_in_clear(tx, user_id, &phone.phone).await? {
        return Ok(None);
    }
    Ok(Some([Value::NULL, phone.sealed.as_slice().into(), phone.index.into()]))
}

/// Whether somebody but this user has the number in a row that is not sealed yet.
async fn has_in_clear(tx: &mut Tx, user_id: UserId, phone: &Phone) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM users WHERE phone = ? AND user_id <> ?";
    let found: Option<u8> = tx.exec_first(sql, (phone.to_string(), user_id.uuid())).await?;
    Ok(found.is_some())
}

fn claimed(written: Result<(), Error>) -> Result<PhoneClaim, Error> {
    match written {
        Ok(()) => Ok(PhoneClaim::Claimed),
        Err(error) if is_duplicate(&error) => Ok(PhoneClaim::Taken),
        Err(error) => Err(error),
    }
}
