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
    /// As it was written: a newer version, before it was taken back, may have known more kinds.
    pub(crate) kind: String,
    pub(crate) subject: String,
    pub(crate) looked_at: OffsetDateTime,
}

type Row = (Uuid, Uuid, String, String, String, PrimitiveDateTime);

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
    let rows: Vec<Row> = conn
        .exec(
            "SELECT look_id, staff_id, name, kind, subject, looked_at FROM looks
             WHERE look_id < ? ORDER BY look_id DESC LIMIT ?",
            (paging.before_id(), paging.rows()),
        )
        .await?;
    let look = |(look_id, staff_id, name, kind, subject, looked_at): Row| Look {
        look_id: GraphLookId::from_uuid(look_id),
        staff_id: StaffId::from_uuid(staff_id),
        name,
        kind,
        subject,
        looked_at: looked_at.assume_utc(),
    };
    Ok(rows.into_iter().map(look).collect())
}
