//! Who looked at what.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use service::{Paging, Staff};
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;
use values::{GraphLookId, StaffId};

use crate::domain::GraphLookType;

/// One in the list.
pub(crate) struct Look {
    pub(crate) look_id: GraphLookId,
    pub(crate) staff_id: StaffId,
    pub(crate) name: String,
    pub(crate) kind: GraphLookType,
    pub(crate) subject: String,
    pub(crate) looked_at: OffsetDateTime,
}

pub(crate) async fn insert_look(
    conn: &mut Conn,
    staff: &Staff,
    kind: GraphLookType,
    subject: &str,
) -> Result<(), Error> {
    conn.exec_drop(
        "INSERT INTO looks (look_id, staff_id, name, kind, subject) VALUES (?, ?, ?, ?, ?)",
        (
            GraphLookId::new().uuid(),
            staff.staff_id.uuid(),
            staff.name.as_str(),
            kind.code(),
            subject,
        ),
    )
    .await
}

/// All, newest first.
pub(crate) async fn list_looks(conn: &mut Conn, paging: &Paging) -> Result<Vec<Look>, Error> {
    let rows: Vec<(Uuid, Uuid, String, String, String, PrimitiveDateTime)> = conn
        .exec(
            "SELECT look_id, staff_id, name, kind, subject, looked_at FROM looks
             WHERE look_id < ? ORDER BY look_id DESC LIMIT ?",
            (paging.before_id(), paging.rows()),
        )
        .await?;
    let look = |(look_id, staff_id, name, kind, subject, looked_at)| {
        let kind: String = kind;
        let unreadable = || Error::Other(format!("a look of kind {kind} cannot be read").into());
        let looked_at: PrimitiveDateTime = looked_at;
        Ok(Look {
            look_id: GraphLookId::from_uuid(look_id),
            staff_id: StaffId::from_uuid(staff_id),
            name,
            kind: GraphLookType::from_code(&kind).ok_or_else(unreadable)?,
            subject,
            looked_at: looked_at.assume_utc(),
        })
    };
    rows.into_iter().map(look).collect()
}
