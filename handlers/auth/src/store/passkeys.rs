//! The passkeys of people: devices without a key that signs texts.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{DeviceId, DisplayName, UserId};
use webauthn_rs::prelude::{CredentialID, Passkey};

/// A passkey that may log in.
pub(crate) struct KnownPasskey {
    pub(crate) device_id: DeviceId,
    pub(crate) user_id: UserId,
    pub(crate) passkey: Passkey,
    pub(crate) registered_at: OffsetDateTime,
}

/// Fails with a duplicate key if anybody has this passkey, or had it.
pub(crate) async fn insert_passkey(
    tx: &mut Tx,
    (device_id, user_id): (DeviceId, UserId),
    passkey: &Passkey,
    name: &DisplayName,
) -> Result<(), Error> {
    let credential_id: &[u8] = passkey.cred_id().as_ref();
    tx.exec_drop(
        "INSERT INTO devices (device_id, user_id, name, credential_id, passkey)
         VALUES (?, ?, ?, ?, ?)",
        (device_id.uuid(), user_id.uuid(), name.as_str(), credential_id, passkey_json(passkey)?),
    )
    .await
}

/// None for one that is unknown or was removed. Nobody uses or removes it until this transaction
/// ends.
pub(crate) async fn lock_passkey(
    tx: &mut Tx,
    credential_id: &[u8],
) -> Result<Option<KnownPasskey>, Error> {
    let row: Option<(Uuid, Uuid, String, PrimitiveDateTime)> = tx
        .exec_first(
            "SELECT device_id, user_id, passkey, registered_at FROM devices
             WHERE credential_id = ? AND revoked_at IS NULL FOR UPDATE",
            (credential_id,),
        )
        .await?;
    row.map(|(device_id, user_id, stored, registered_at)| {
        Ok(KnownPasskey {
            device_id: DeviceId::from_uuid(device_id),
            user_id: UserId::from_uuid(user_id),
            passkey: passkey(&stored)?,
            registered_at: registered_at.assume_utc(),
        })
    })
    .transpose()
}

/// Its counter, once it was used.
pub(crate) async fn update_passkey(tx: &mut Tx, known: &KnownPasskey) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE devices SET passkey = ? WHERE device_id = ?",
        (passkey_json(&known.passkey)?, known.device_id.uuid()),
    )
    .await
}

/// By what authenticators know the person's passkeys.
pub(crate) async fn find_credential_ids(
    connection: &mut Conn,
    user_id: UserId,
) -> Result<Vec<CredentialID>, Error> {
    connection
        .exec_map(
            "SELECT credential_id FROM devices
             WHERE user_id = ? AND revoked_at IS NULL AND credential_id IS NOT NULL",
            (user_id.uuid(),),
            |credential_id: Vec<u8>| credential_id.into(),
        )
        .await
}

/// How many the person has. Nobody adds one until this transaction ends.
pub(crate) async fn lock_and_count(tx: &mut Tx, user_id: UserId) -> Result<usize, Error> {
    tx.exec_drop("SELECT 1 FROM users WHERE user_id = ? FOR UPDATE", (user_id.uuid(),)).await?;
    let count: Option<usize> = tx
        .exec_first(
            "SELECT COUNT(credential_id) FROM devices WHERE user_id = ? AND revoked_at IS NULL",
            (user_id.uuid(),),
        )
        .await?;
    Ok(count.unwrap_or_default())
}

pub(super) fn passkey_json(passkey: &Passkey) -> Result<String, Error> {
    serde_json::to_string(passkey).map_err(|error| other(&error))
}

pub(super) fn passkey(json: &str) -> Result<Passkey, Error> {
    serde_json::from_str(json).map_err(|error| other(&error))
}

fn other(error: &serde_json::Error) -> Error {
    Error::Other(format!("a passkey: {error}").into())
}
