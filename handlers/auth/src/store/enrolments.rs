//! Leave to make passkeys of staff.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::Paging;
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{EnrolmentId, Proposal, StaffId, StaffRole};

use super::staff::roles_of;
use crate::domain::{EnrolmentStatus, NewEnrolment, Secret};

/// One that can be used now.
pub(crate) struct OpenEnrolment {
    pub(crate) staff_id: StaffId,
    /// Nobody of one of the first administrators.
    pub(crate) proposed_by: Option<StaffId>,
}

/// One in the list.
pub(crate) struct ListedEnrolment {
    pub(crate) enrolment_id: EnrolmentId,
    pub(crate) staff_id: StaffId,
    /// Whose it is.
    pub(crate) name: String,
    pub(crate) roles: Vec<StaffRole>,
    pub(crate) proposed_by: Option<StaffId>,
    pub(crate) proposed_at: OffsetDateTime,
    pub(crate) decided_by: Option<StaffId>,
    pub(crate) decided_at: Option<OffsetDateTime>,
    pub(crate) status: EnrolmentStatus,
}

type Row = (
    Uuid,
    Uuid,
    String,
    String,
    Option<Uuid>,
    PrimitiveDateTime,
    Option<Uuid>,
    Option<PrimitiveDateTime>,
    String,
);

pub(crate) async fn insert_enrolment(tx: &mut Tx, new: &NewEnrolment<'_>) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO staff_enrolments
             (enrolment_id, staff_id, proposed_by, proposal_digest, approval_digest, decided_at)
         VALUES (?, ?, ?, ?, ?, IF(?, NOW(6), NULL))",
        (
            new.enrolment_id.uuid(),
            new.staff_id.uuid(),
            new.proposed_by.map(StaffId::uuid),
            new.proposal_secret.digest(),
            new.approval_secret.map(Secret::digest),
            new.approval_secret.is_some(),
        ),
    )
    .await
}

/// Whose enrolment was proposed, and by whom; None if nobody has proposed it. Nobody else decides
/// about it until this transaction ends.
pub(crate) async fn lock_proposal(
    tx: &mut Tx,
    enrolment_id: EnrolmentId,
) -> Result<Option<(StaffId, Proposal)>, Error> {
    let row: Option<(Uuid, Uuid, PrimitiveDateTime, bool)> = tx
        .exec_first(
            "SELECT staff_id, proposed_by, proposed_at, decided_at IS NOT NULL
             FROM staff_enrolments
             WHERE enrolment_id = ? AND proposed_by IS NOT NULL FOR UPDATE",
            (enrolment_id.uuid(),),
        )
        .await?;
    Ok(row.map(|(staff_id, proposed_by, proposed_at, is_decided)| {
        let proposed_by = StaffId::from_uuid(proposed_by);
        let proposed_at = proposed_at.assume_utc();
        (StaffId::from_uuid(staff_id), Proposal { proposed_by, proposed_at, is_decided })
    }))
}

/// Approves one, if there is another half of its secret, or rejects it.
pub(crate) async fn update_decision(
    tx: &mut Tx,
    enrolment_id: EnrolmentId,
    decided_by: StaffId,
    approval: Option<&Secret>,
) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE staff_enrolments
         SET decided_by = ?, decided_at = NOW(6), approval_digest = ? WHERE enrolment_id = ?",
        (decided_by.uuid(), approval.map(Secret::digest), enrolment_id.uuid()),
    )
    .await
}

/// The one that both halves open, whether or not it can be used now.
pub(crate) async fn find_enrolment(
    connection: &mut impl Queryable,
    proposal: &Secret,
    approval: &Secret,
) -> Result<Option<EnrolmentId>, Error> {
    let enrolment_id: Option<Uuid> = connection
        .exec_first(
            "SELECT enrolment_id FROM staff_enrolments
             WHERE proposal_digest = ? AND approval_digest = ?",
            (proposal.digest(), approval.digest()),
        )
        .await?;
    Ok(enrolment_id.map(EnrolmentId::from_uuid))
}

/// None if it was not approved, was used, or was approved too long ago. Nobody else uses it until
/// this transaction ends.
pub(crate) async fn lock_open_enrolment(
    tx: &mut Tx,
    enrolment_id: EnrolmentId,
) -> Result<Option<OpenEnrolment>, Error> {
    let row: Option<(Uuid, Option<Uuid>)> = tx
        .exec_first(
            "SELECT staff_id, proposed_by FROM staff_enrolments
             WHERE enrolment_id = ? AND approval_digest IS NOT NULL AND used_at IS NULL
                 AND decided_at > NOW(6) - INTERVAL ? SECOND FOR UPDATE",
            (enrolment_id.uuid(), NewEnrolment::VALID_SECONDS),
        )
        .await?;
    Ok(row.map(|(staff_id, proposed_by)| OpenEnrolment {
        staff_id: StaffId::from_uuid(staff_id),
        proposed_by: proposed_by.map(StaffId::from_uuid),
    }))
}

/// Uses it up.
pub(crate) async fn use_enrolment(tx: &mut Tx, enrolment_id: EnrolmentId) -> Result<(), Error> {
    tx.exec_drop(
        "UPDATE staff_enrolments SET used_at = NOW(6) WHERE enrolment_id = ?",
        (enrolment_id.uuid(),),
    )
    .await
}

/// All, newest first.
pub(crate) async fn list_enrolments(
    connection: &mut Conn,
    paging: &Paging,
) -> Result<Vec<ListedEnrolment>, Error> {
    let rows: Vec<Row> = connection
        .exec(
            "SELECT e.enrolment_id, e.staff_id, s.name, s.roles, e.proposed_by, e.proposed_at,
                 e.decided_by, e.decided_at,
                 CASE WHEN e.used_at IS NOT NULL THEN 'used'
                     WHEN e.approval_digest IS NOT NULL THEN 'approved'
                     WHEN e.decided_at IS NOT NULL THEN 'rejected'
                     ELSE 'proposed' END
             FROM staff_enrolments e JOIN staff s ON s.staff_id = e.staff_id
             WHERE e.enrolment_id < ? ORDER BY e.enrolment_id DESC LIMIT ?",
            (paging.before_id(), paging.rows()),
        )
        .await?;
    let listed = |(id, staff_id, name, roles, proposed_by, proposed_at, by, at, status): Row| {
        let unreadable = || Error::Other(format!("enrolment {id} cannot be read").into());
        Ok(ListedEnrolment {
            enrolment_id: EnrolmentId::from_uuid(id),
            staff_id: StaffId::from_uuid(staff_id),
            name,
            roles: roles_of(&roles).ok_or_else(unreadable)?,
            proposed_by: proposed_by.map(StaffId::from_uuid),
            proposed_at: proposed_at.assume_utc(),
            decided_by: by.map(StaffId::from_uuid),
            decided_at: at.map(PrimitiveDateTime::assume_utc),
            status: EnrolmentStatus::from_code(&status).ok_or_else(unreadable)?,
        })
    };
    rows.into_iter().map(listed).collect()
}
