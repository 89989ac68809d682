//! Invitations that wait for their answer.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use service::{Paging, SecretDigest};
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{BusinessId, DisplayName, ShopInvitationId, ShopRole, UserId};

use crate::domain::Invitation;

type Row = (Uuid, Uuid, String, String, Uuid, PrimitiveDateTime);

const COLUMNS: &str = "invitation_id, business_id, role, name, invited_by, expires_at";

fn stored(moment: OffsetDateTime) -> PrimitiveDateTime {
    PrimitiveDateTime::new(moment.date(), moment.time())
}

pub(crate) async fn insert_invitation(
    tx: &mut Tx,
    invitation: &Invitation,
    secret_digest: &SecretDigest,
) -> Result<(), Error> {
    tx.exec_drop(
        format!("INSERT INTO invitations ({COLUMNS}, secret_digest) VALUES (?, ?, ?, ?, ?, ?, ?)"),
        (
            invitation.id.uuid(),
            invitation.business_id.uuid(),
            invitation.role.code(),
            invitation.name.as_str(),
            invitation.invited_by.uuid(),
            stored(invitation.expires_at),
            secret_digest,
        ),
    )
    .await
}

/// None if it has another secret, or has expired.
pub(crate) async fn find_invitation(
    connection: &mut impl Queryable,
    (business_id, id): (BusinessId, ShopInvitationId),
    secret_digest: &SecretDigest,
    now: OffsetDateTime,
) -> Result<Option<Invitation>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM invitations
         WHERE invitation_id = ? AND business_id = ? AND secret_digest = ? AND expires_at > ?"
    );
    let of = (id.uuid(), business_id.uuid(), secret_digest, stored(now));
    let row: Option<Row> = connection.exec_first(sql, of).await?;
    row.map(invitation).transpose()
}

/// The newest first.
pub(crate) async fn list_invitations(
    connection: &mut impl Queryable,
    business_id: BusinessId,
    now: OffsetDateTime,
    paging: &Paging,
) -> Result<Vec<Invitation>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM invitations
         WHERE business_id = ? AND expires_at > ? AND invitation_id < ?
         ORDER BY invitation_id DESC LIMIT ?"
    );
    let page = (business_id.uuid(), stored(now), paging.before_id(), paging.rows());
    let rows: Vec<Row> = connection.exec(sql, page).await?;
    rows.into_iter().map(invitation).collect()
}

/// The rank that it is for, if it waits there.
pub(crate) async fn find_role(
    tx: &mut Tx,
    business_id: BusinessId,
    id: ShopInvitationId,
) -> Result<Option<ShopRole>, Error> {
    let sql = "SELECT role FROM invitations WHERE invitation_id = ? AND business_id = ?";
    let role: Option<String> = tx.exec_first(sql, (id.uuid(), business_id.uuid())).await?;
    role.map(|role| ShopRole::from_code(&role).ok_or_else(unreadable)).transpose()
}

/// Those that wait, once the expired are gone.
pub(crate) async fn count_invitations(
    tx: &mut Tx,
    business_id: BusinessId,
    now: OffsetDateTime,
) -> Result<u64, Error> {
    let sql = "DELETE FROM invitations WHERE business_id = ? AND expires_at <= ?";
    tx.exec_drop(sql, (business_id.uuid(), stored(now))).await?;
    let sql = "SELECT COUNT(*) FROM invitations WHERE business_id = ?";
    Ok(tx.exec_first(sql, (business_id.uuid(),)).await?.unwrap_or_default())
}

pub(crate) async fn delete_invitation(tx: &mut Tx, id: ShopInvitationId) -> Result<(), Error> {
    tx.exec_drop("DELETE FROM invitations WHERE invitation_id = ?", (id.uuid(),)).await
}

/// All of a business, or those by one who works there.
pub(crate) async fn delete_invitations(
    tx: &mut Tx,
    business_id: BusinessId,
    invited_by: Option<UserId>,
) -> Result<(), Error> {
    let sql =
        "DELETE FROM invitations WHERE business_id = ? AND invited_by = COALESCE(?, invited_by)";
    tx.exec_drop(sql, (business_id.uuid(), invited_by.map(UserId::uuid))).await
}

fn unreadable() -> Error {
    Error::Other("an invitation cannot be read".into())
}

fn invitation(row: Row) -> Result<Invitation, Error> {
    let (id, business_id, role, name, invited_by, expires_at) = row;
    Ok(Invitation {
        id: ShopInvitationId::from_uuid(id),
        business_id: BusinessId::from_uuid(business_id),
        role: ShopRole::from_code(&role).ok_or_else(unreadable)?,
        name: DisplayName::try_from(name).map_err(|_| unreadable())?,
        invited_by: UserId::from_uuid(invited_by),
        expires_at: expires_at.assume_utc(),
    })
}
