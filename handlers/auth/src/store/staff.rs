//! Members of staff and their logins.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::database::Tx;
use service::{ACCESS_LIFETIME_SECONDS, Paging};
use uuid::Uuid;
use values::{Operator, SessionId, StaffId, StaffRole};
use webauthn_rs::prelude::Passkey;

use super::passkeys::{passkey, passkey_json};
use crate::domain::{EntraPerson, StaffMember};

type MemberRow = (Uuid, String, String, Option<String>, bool);

pub(crate) async fn insert_staff(
    tx: &mut Tx,
    staff_id: StaffId,
    name: &Operator,
    roles: &[StaffRole],
) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO staff (staff_id, name, roles) VALUES (?, ?, ?)",
        (staff_id.uuid(), name.as_str(), codes_of(roles)),
    )
    .await
}

/// Whoever Entra ID says it is, with the name and roles that it gives them now; None if they were
/// removed.
pub(crate) async fn save_staff_of_entra(
    tx: &mut Tx,
    person: &EntraPerson,
    roles: &[StaffRole],
) -> Result<Option<StaffId>, Error> {
    let object_id = person.object_id;
    tx.exec_drop(
        "INSERT INTO staff (staff_id, name, roles, entra_oid) VALUES (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE name = VALUES(name), roles = VALUES(roles)",
        (StaffId::new().uuid(), person.name.as_str(), codes_of(roles), object_id),
    )
    .await?;
    let row: Option<Uuid> = tx
        .exec_first(
            "SELECT staff_id FROM staff
             WHERE entra_oid = ? AND removed_at IS NULL FOR UPDATE",
            (object_id,),
        )
        .await?;
    Ok(row.map(StaffId::from_uuid))
}

/// None for somebody who is unknown or was removed.
pub(crate) async fn lock_staff(
    tx: &mut Tx,
    staff_id: StaffId,
) -> Result<Option<StaffMember>, Error> {
    let row: Option<MemberRow> = tx
        .exec_first(
            "SELECT staff_id, name, roles, passkey, entra_oid IS NOT NULL FROM staff
             WHERE staff_id = ? AND removed_at IS NULL FOR UPDATE",
            (staff_id.uuid(),),
        )
        .await?;
    row.map(member).transpose()
}

/// Whose passkey it is; None if nobody's who is still staff.
pub(crate) async fn lock_staff_by_passkey(
    tx: &mut Tx,
    credential_id: &[u8],
) -> Result<Option<(StaffMember, Passkey)>, Error> {
    let row: Option<MemberRow> = tx
        .exec_first(
            "SELECT staff_id, name, roles, passkey, entra_oid IS NOT NULL FROM staff
             WHERE credential_id = ? AND removed_at IS NULL FOR UPDATE",
            (credential_id,),
        )
        .await?;
    let found = row.map(member).transpose()?;
    Ok(found.and_then(|mut member| member.passkey.take().map(|passkey| (member, passkey))))
}

/// How many administrators have enrolled. Nobody enrols or is removed until this transaction ends:
/// every row is locked, also of who has not enrolled.
pub(crate) async fn lock_and_count_administrators(tx: &mut Tx) -> Result<usize, Error> {
    let rows: Vec<MemberRow> = tx
        .query(
            "SELECT staff_id, name, roles, passkey, entra_oid IS NOT NULL FROM staff
             WHERE removed_at IS NULL ORDER BY staff_id FOR UPDATE",
        )
        .await?;
    let staff = rows.into_iter().map(member).collect::<Result<Vec<_>, _>>()?;
    let is_enrolled =
        |one: &&StaffMember| one.passkey.is_some() && one.roles.contains(&StaffRole::Administrator);
    Ok(staff.iter().filter(is_enrolled).count())
}

/// Those who were not removed, newest first.
pub(crate) async fn list_staff(
    connection: &mut Conn,
    paging: &Paging,
) -> Result<Vec<StaffMember>, Error> {
    let rows: Vec<MemberRow> = connection
        .exec(
            "SELECT staff_id, name, roles, passkey, entra_oid IS NOT NULL FROM staff
             WHERE removed_at IS NULL AND staff_id < ? ORDER BY staff_id DESC LIMIT ?",
            (paging.before_id(), paging.rows()),
        )
        .await?;
    rows.into_iter().map(member).collect()
}

/// Fails with a duplicate key if it is anybody's, or was.
pub(crate) async fn update_staff_passkey(
    tx: &mut Tx,
    staff_id: StaffId,
    passkey: &Passkey,
) -> Result<(), Error> {
    let credential_id: &[u8] = passkey.cred_id().as_ref();
    tx.exec_drop(
        "UPDATE staff SET credential_id = ?, passkey = ? WHERE staff_id = ?",
        (credential_id, passkey_json(passkey)?, staff_id.uuid()),
    )
    .await
}

/// Whether somebody else has enrolled under this name, in whatever case, and was not removed.
pub(crate) async fn is_name_taken(
    tx: &mut Tx,
    name: &Operator,
    but: StaffId,
) -> Result<bool, Error> {
    let row: Option<u8> = tx
        .exec_first(
            "SELECT 1 FROM staff WHERE LOWER(name) = LOWER(?) AND staff_id <> ?
                 AND passkey IS NOT NULL AND removed_at IS NULL LIMIT 1",
            (name.as_str(), but.uuid()),
        )
        .await?;
    Ok(row.is_some())
}

/// False of somebody who is unknown or was removed.
pub(crate) async fn is_staff(tx: &mut Tx, staff_id: StaffId) -> Result<bool, Error> {
    let row: Option<u8> = tx
        .exec_first(
            "SELECT 1 FROM staff WHERE staff_id = ? AND removed_at IS NULL",
            (staff_id.uuid(),),
        )
        .await?;
    Ok(row.is_some())
}

/// Removes somebody; the caller ends their logins.
pub(crate) async fn remove_staff(tx: &mut Tx, staff_id: StaffId) -> Result<(), Error> {
    tx.exec_drop("UPDATE staff SET removed_at = NOW(6) WHERE staff_id = ?", (staff_id.uuid(),))
        .await
}

/// Fails with a duplicate key if there was a login with this token of Entra ID.
pub(crate) async fn insert_staff_session(
    tx: &mut Tx,
    session_id: SessionId,
    staff_id: StaffId,
    entra_token_id: Option<&str>,
) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO staff_sessions (session_id, staff_id, entra_token_id) VALUES (?, ?, ?)",
        (session_id.uuid(), staff_id.uuid(), entra_token_id),
    )
    .await
}

/// Keeps the login from being ended until this transaction ends; false if it has ended.
pub(crate) async fn lock_staff_session(tx: &mut Tx, session_id: SessionId) -> Result<bool, Error> {
    let row: Option<u8> = tx
        .exec_first(
            "SELECT 1 FROM staff_sessions
             WHERE session_id = ? AND revoked_at IS NULL FOR UPDATE",
            (session_id.uuid(),),
        )
        .await?;
    Ok(row.is_some())
}

/// Whether a login by passkey lasts that could have a good token.
pub(crate) async fn is_logged_in_by_passkey(tx: &mut Tx) -> Result<bool, Error> {
    let row: Option<u8> = tx
        .exec_first(
            "SELECT 1 FROM staff_sessions
             WHERE revoked_at IS NULL AND entra_token_id IS NULL
               AND begun_at > NOW(6) - INTERVAL ? SECOND
             LIMIT 1",
            (ACCESS_LIFETIME_SECONDS,),
        )
        .await?;
    Ok(row.is_some())
}

pub(crate) async fn revoke_staff_session(tx: &mut Tx, session_id: SessionId) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE staff_sessions SET revoked_at = NOW(6)
         WHERE session_id = ? AND revoked_at IS NULL",
        (session_id.uuid(),),
    )
    .await
}

/// All of somebody's.
pub(crate) async fn revoke_sessions_of_staff(tx: &mut Tx, staff_id: StaffId) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE staff_sessions SET revoked_at = NOW(6) WHERE staff_id = ? AND revoked_at IS NULL",
        (staff_id.uuid(),),
    )
    .await
}

fn member((staff_id, name, roles, stored, is_of_entra): MemberRow) -> Result<StaffMember, Error> {
    let unreadable = || Error::Other(format!("member of staff {staff_id} cannot be read").into());
    Ok(StaffMember {
        staff_id: StaffId::from_uuid(staff_id),
        name: Operator::try_from(name).map_err(|_| unreadable())?,
        roles: roles_of(&roles).ok_or_else(unreadable)?,
        passkey: stored.as_deref().map(passkey).transpose()?,
        is_of_entra,
    })
}

fn codes_of(roles: &[StaffRole]) -> String {
    let codes: Vec<&str> = roles.iter().map(|role| role.code()).collect();
    codes.join(",")
}

pub(super) fn roles_of(codes: &str) -> Option<Vec<StaffRole>> {
    codes.split(',').map(StaffRole::from_code).collect()
}
