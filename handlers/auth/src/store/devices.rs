//! The devices of people, passkeys among them.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::database::Tx;
use service::{DeviceKey, Paging};
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{DeviceId, DisplayName, UserId};

use super::pins::StoredPin;
use crate::domain::{DeviceType, Session, limited_until};

type ListedRow = (Uuid, bool, String, PrimitiveDateTime, Option<PrimitiveDateTime>);

/// A device that may log in, and what its user's PIN is checked against.
pub(crate) struct KnownDevice {
    pub(crate) user_id: UserId,
    pub(crate) key: DeviceKey,
    pub(crate) pin: StoredPin,
    /// As of [`limited_until`].
    pub(crate) limited_until: Option<OffsetDateTime>,
}

/// Whether the row of `devices` is its user's first ever, removed ones included: ids are made in
/// the order of time.
pub(super) const IS_FIRST: &str = "NOT EXISTS (SELECT 1 FROM devices AS older
    WHERE older.user_id = devices.user_id AND older.device_id < devices.device_id)";

/// A device in its owner's list.
pub(crate) struct ListedDevice {
    pub(crate) device_id: DeviceId,
    pub(crate) device_type: DeviceType,
    pub(crate) name: String,
    pub(crate) registered_at: OffsetDateTime,
    pub(crate) last_used_at: OffsetDateTime,
}

pub(crate) async fn insert_device(
    tx: &mut Tx,
    session: &Session,
    name: &DisplayName,
    key: &DeviceKey,
) -> Result<(), Error> {
    let key = serde_json::to_string(key).map_err(|error| other(&error))?;
    tx.exec_drop(
        "INSERT INTO devices (device_id, user_id, name, public_key) VALUES (?, ?, ?, ?)",
        (session.device_id.uuid(), session.user_id.uuid(), name.as_str(), key),
    )
    .await
}

/// None for a device that is unknown or was removed, and for a passkey.
pub(crate) async fn find_device(
    connection: &mut impl Queryable,
    device_id: DeviceId,
) -> Result<Option<KnownDevice>, Error> {
    let sql = format!(
        "SELECT devices.user_id, public_key, pin_hash, pin_version, registered_at, {IS_FIRST}
         FROM devices JOIN users ON users.user_id = devices.user_id
         WHERE device_id = ? AND revoked_at IS NULL AND public_key IS NOT NULL"
    );
    let row: Option<(Uuid, String, String, u32, PrimitiveDateTime, bool)> =
        connection.exec_first(sql, (device_id.uuid(),)).await?;
    row.map(|(user_id, key, hash, version, registered_at, is_first)| {
        Ok(KnownDevice {
            user_id: UserId::from_uuid(user_id),
            key: device_key(&key)?,
            pin: StoredPin { hash, version },
            limited_until: limited_until(registered_at.assume_utc(), is_first),
        })
    })
    .transpose()
}

/// Keeps the device from being removed until this transaction ends; false if it was removed.
pub(crate) async fn lock_device(tx: &mut Tx, device_id: DeviceId) -> Result<bool, Error> {
    let row: Option<u8> = tx
        .exec_first(
            "SELECT 1 FROM devices WHERE device_id = ? AND revoked_at IS NULL FOR UPDATE",
            (device_id.uuid(),),
        )
        .await?;
    Ok(row.is_some())
}

/// The user's devices, newest first.
pub(crate) async fn list_devices(
    connection: &mut impl Queryable,
    user_id: UserId,
    paging: &Paging,
) -> Result<Vec<ListedDevice>, Error> {
    connection
        .exec_map(
            "SELECT d.device_id, d.passkey IS NOT NULL, d.name, d.registered_at,
                 (SELECT MAX(GREATEST(s.begun_at, COALESCE(s.renewed_at, s.begun_at)))
                  FROM sessions s WHERE s.device_id = d.device_id)
             FROM devices d
             WHERE d.user_id = ? AND d.revoked_at IS NULL AND d.device_id < ?
             ORDER BY d.device_id DESC LIMIT ?",
            (user_id.uuid(), paging.before_id(), paging.rows()),
            |(device_id, is_passkey, name, registered_at, used_at): ListedRow| ListedDevice {
                device_id: DeviceId::from_uuid(device_id),
                device_type: device_type(is_passkey),
                name,
                registered_at: registered_at.assume_utc(),
                last_used_at: used_at.unwrap_or(registered_at).assume_utc(),
            },
        )
        .await
}

/// Gives a device another name; false if the user has no such device.
pub(crate) async fn update_device_name(
    connection: &mut Conn,
    user_id: UserId,
    device_id: DeviceId,
    name: &DisplayName,
) -> Result<bool, Error> {
    connection
        .exec_drop(
            "UPDATE devices SET name = ?
             WHERE device_id = ? AND user_id = ? AND revoked_at IS NULL",
            (name.as_str(), device_id.uuid(), user_id.uuid()),
        )
        .await?;
    if connection.affected_rows() > 0 {
        return Ok(true);
    }
    // It may have had this name already.
    let row: Option<u8> = connection
        .exec_first(
            "SELECT 1 FROM devices WHERE device_id = ? AND user_id = ? AND revoked_at IS NULL",
            (device_id.uuid(), user_id.uuid()),
        )
        .await?;
    Ok(row.is_some())
}

/// Removes a device and says what it was; None if the user has no such device. The caller ends its
/// sessions.
pub(crate) async fn revoke_device(
    tx: &mut Tx,
    user_id: UserId,
    device_id: DeviceId,
) -> Result<Option<DeviceType>, Error> {
    let is_passkey: Option<bool> = tx
        .exec_first(
            "SELECT passkey IS NOT NULL FROM devices
             WHERE device_id = ? AND user_id = ? AND revoked_at IS NULL FOR UPDATE",
            (device_id.uuid(), user_id.uuid()),
        )
        .await?;
    tx.exec_drop(
        "UPDATE devices SET revoked_at = NOW(6)
         WHERE device_id = ? AND user_id = ? AND revoked_at IS NULL",
        (device_id.uuid(), user_id.uuid()),
    )
    .await?;
    Ok(is_passkey.map(device_type))
}

/// Removes all devices and passkeys. The caller ends the sessions.
pub(crate) async fn revoke_all_devices(tx: &mut Tx, user_id: UserId) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE devices SET revoked_at = NOW(6) WHERE user_id = ? AND revoked_at IS NULL",
        (user_id.uuid(),),
    )
    .await
}

const fn device_type(is_passkey: bool) -> DeviceType {
    if is_passkey { DeviceType::Passkey } else { DeviceType::Device }
}

pub(super) fn device_key(text: &str) -> Result<DeviceKey, Error> {
    serde_json::from_str(text).map_err(|error| other(&error))
}

fn other(error: &serde_json::Error) -> Error {
    Error::Other(format!("a device's key: {error}").into())
}
