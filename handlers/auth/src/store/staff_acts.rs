//! What staff did.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::Paging;
use service::database::Tx;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{StaffActId, StaffId, UserId};

use crate::domain::{ActSubject, StaffAct, StaffActType};

/// One in the list.
pub(crate) struct ListedAct {
    pub(crate) act_id: StaffActId,
    pub(crate) staff_id: Option<StaffId>,
    pub(crate) name: String,
    pub(crate) kind: StaffActType,
    pub(crate) about_staff_id: Option<StaffId>,
    pub(crate) about_user_id: Option<UserId>,
    pub(crate) occurred_at: OffsetDateTime,
}

type ListedRow =
    (Uuid, Option<Uuid>, String, String, Option<Uuid>, Option<Uuid>, PrimitiveDateTime);

/// Part of the transaction that does it.
pub(crate) async fn insert_staff_act(tx: &mut Tx, act: &StaffAct) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO staff_acts (act_id, staff_id, name, kind, about_staff_id, about_user_id)
         VALUES (?, ?, ?, ?, ?, ?)",
        (
            StaffActId::new().uuid(),
            act.staff_id.map(StaffId::uuid),
            act.name.as_str(),
            act.kind.code(),
            act.about.and_then(ActSubject::staff_id).map(StaffId::uuid),
            act.about.and_then(ActSubject::user_id).map(UserId::uuid),
        ),
    )
    .await
}

/// All, newest first.
pub(crate) async fn list_staff_acts(
    connection: &mut Conn,
    paging: &Paging,
) -> Result<Vec<ListedAct>, Error> {
    let rows: Vec<ListedRow> = connection
        .exec(
            "SELECT act_id, staff_id, name, kind, about_staff_id, about_user_id, occurred_at
             FROM staff_acts
             WHERE act_id < ? ORDER BY act_id DESC LIMIT ?",
            (paging.before_id(), paging.rows()),
        )
        .await?;
    let act = |(act_id, staff_id, name, kind, about_staff, about_user, occurred_at): ListedRow| {
        ListedAct {
            act_id: StaffActId::from_uuid(act_id),
            staff_id: staff_id.map(StaffId::from_uuid),
            name,
            // One that is unknown does not keep an auditor from all the others.
            kind: StaffActType::from_code(&kind).unwrap_or(StaffActType::Other),
            about_staff_id: about_staff.map(StaffId::from_uuid),
            about_user_id: about_user.map(UserId::from_uuid),
            occurred_at: occurred_at.assume_utc(),
        }
    };
    Ok(rows.into_iter().map(act).collect())
}
