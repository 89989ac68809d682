//! Staff's copies of reported pictures.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use pictures::PictureCopy;
use service::database::Tx;
use time::OffsetDateTime;
use uuid::Uuid;
use values::{MessageId, MessageReportId, PictureId};

use super::stored;

/// One that is to be looked at.
pub(crate) struct DueCopy {
    pub(crate) copy: PictureCopy,
    pub(crate) is_made: bool,
    /// Its report still has what was said.
    pub(crate) is_kept: bool,
}

/// Of each picture that the messages of a report showed when it came, one is to be made.
pub(crate) async fn owe_for_report(
    tx: &mut Tx,
    id: MessageReportId,
    now: OffsetDateTime,
) -> Result<(), Error> {
    owe(tx, "r.report_id", id.uuid(), now).await
}

/// Of the picture of a message, one is to be made for each report of when it was not withdrawn: of
/// those that an older version took there is none yet.
pub(crate) async fn owe_for_message(
    tx: &mut Tx,
    id: MessageId,
    now: OffsetDateTime,
) -> Result<(), Error> {
    owe(tx, "m.message_id", id.uuid(), now).await
}

async fn owe(tx: &mut Tx, column: &str, id: Uuid, now: OffsetDateTime) -> Result<(), Error> {
    let sql = format!(
        "INSERT INTO picture_copies (report_id, picture_id, is_made, due_at)
         SELECT r.report_id, m.picture_id, FALSE, ?
         FROM reports r JOIN reported_messages k USING (report_id)
             JOIN messages m ON m.message_id = k.message_id
         WHERE {column} = ? AND m.picture_id IS NOT NULL
             AND (m.withdrawn_at IS NULL OR m.withdrawn_at > r.reported_at)
         ON DUPLICATE KEY UPDATE report_id = VALUES(report_id)"
    );
    tx.exec_drop(sql, (stored(now), id)).await
}

/// Those of a report that are not made.
pub(crate) async fn list_owed_to(
    connection: &mut impl Queryable,
    id: MessageReportId,
) -> Result<Vec<PictureCopy>, Error> {
    let sql = "SELECT report_id, picture_id FROM picture_copies
        WHERE report_id = ? AND NOT is_made";
    list(connection, sql, id.uuid()).await
}

/// Those of a picture that are not made.
pub(crate) async fn list_owed_of(
    connection: &mut impl Queryable,
    picture_id: PictureId,
) -> Result<Vec<PictureCopy>, Error> {
    let sql = "SELECT report_id, picture_id FROM picture_copies
        WHERE picture_id = ? AND NOT is_made";
    list(connection, sql, picture_id.uuid()).await
}

async fn list(
    connection: &mut impl Queryable,
    sql: &str,
    id: Uuid,
) -> Result<Vec<PictureCopy>, Error> {
    let rows: Vec<(Uuid, Uuid)> = connection.exec(sql, (id,)).await?;
    Ok(rows.into_iter().map(copy).collect())
}

/// The longest due first.
pub(crate) async fn list_due(
    connection: &mut impl Queryable,
    now: OffsetDateTime,
    limit: u32,
) -> Result<Vec<DueCopy>, Error> {
    let sql = "SELECT report_id, picture_id, is_made,
             EXISTS(SELECT 1 FROM reported_messages k WHERE k.report_id = c.report_id)
         FROM picture_copies c WHERE due_at <= ? ORDER BY due_at LIMIT ?";
    let rows: Vec<(Uuid, Uuid, bool, bool)> = connection.exec(sql, (stored(now), limit)).await?;
    let due = |(report_id, picture_id, is_made, is_kept)| DueCopy {
        copy: copy((report_id, picture_id)),
        is_made,
        is_kept,
    };
    Ok(rows.into_iter().map(due).collect())
}

/// It is looked at again then. False if it is forgotten.
pub(crate) async fn update_copy(
    connection: &mut impl Queryable,
    copy: PictureCopy,
    is_made: bool,
    due_at: OffsetDateTime,
) -> Result<bool, Error> {
    let sql = "UPDATE picture_copies SET is_made = ?, due_at = ?
        WHERE report_id = ? AND picture_id = ?";
    let id = (copy.report_id.uuid(), copy.picture_id.uuid());
    connection.exec_drop(sql, (is_made, stored(due_at), id.0, id.1)).await?;
    // A row that was like this already is not one that the update has affected.
    let find = "SELECT 1 FROM picture_copies WHERE report_id = ? AND picture_id = ?";
    Ok(connection.exec_first::<u8, _, _>(find, id).await?.is_some())
}

pub(crate) async fn delete_copy(
    connection: &mut impl Queryable,
    copy: PictureCopy,
) -> Result<(), Error> {
    let sql = "DELETE FROM picture_copies WHERE report_id = ? AND picture_id = ?";
    connection.exec_drop(sql, (copy.report_id.uuid(), copy.picture_id.uuid())).await
}

fn copy((report_id, picture_id): (Uuid, Uuid)) -> PictureCopy {
    PictureCopy {
        report_id: MessageReportId::from_uuid(report_id),
        picture_id: PictureId::from_uuid(picture_id),
    }
}
