//! All SQL of pictures.

use mysql_async::Error;
use mysql_async::prelude::Queryable;
use service::database::Tx;
use time::{Duration, OffsetDateTime, PrimitiveDateTime, UtcOffset};
use uuid::Uuid;
use values::{ContentType, PictureId, code_enum};

use crate::upload::{AnnouncedPicture, Upload};

code_enum! {
    /// Where a picture is on its way.
    pub(crate) enum Stage {
        /// Its owner may upload it.
        Announced = "announced",
        /// Others see it.
        Shown = "shown",
        /// It was shown, and never will be again.
        Retired = "retired",
        /// What was uploaded is not what was announced, as are all below no picture to show. Their
        /// codes are those of the refusals.
        Differs = "picture-differs",
        /// It moves.
        Animated = "picture-animated",
        /// Too small or too large.
        Pixels = "picture-pixels",
        /// It cannot be read to its end.
        Damaged = "picture-damaged",
    }
}

/// A picture of somebody's.
pub(crate) struct Stored {
    pub(crate) announced: AnnouncedPicture,
    pub(crate) asked_at: OffsetDateTime,
    pub(crate) stage: Stage,
}

/// One of which something is left to delete.
pub(crate) struct Due {
    pub(crate) picture_id: PictureId,
    pub(crate) stage: Stage,
    asked_at: PrimitiveDateTime,
    due_at: PrimitiveDateTime,
}

type StoredRow = (String, u32, PrimitiveDateTime, String);

pub(crate) async fn insert_picture(
    tx: &mut Tx,
    owner: Uuid,
    upload: &Upload,
    due_at: OffsetDateTime,
) -> Result<(), Error> {
    tx.exec_drop(
        "INSERT INTO pictures
             (picture_id, owner_id, content_type, content_length, asked_at, stage, due_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            upload.picture_id.uuid(),
            owner,
            upload.announced.content_type.code(),
            upload.announced.content_length,
            stored(upload.asked_at),
            Stage::Announced.code(),
            stored(due_at),
        ),
    )
    .await
}

pub(crate) async fn count_announced(
    tx: &mut Tx,
    owner: Uuid,
    since: OffsetDateTime,
) -> Result<u32, Error> {
    let sql = "SELECT COUNT(*) FROM pictures WHERE owner_id = ? AND asked_at > ?";
    let count: Option<u32> = tx.exec_first(sql, (owner, stored(since))).await?;
    Ok(count.unwrap_or_default())
}

pub(crate) async fn find_picture(
    connection: &mut impl Queryable,
    owner: Uuid,
    picture_id: PictureId,
) -> Result<Option<Stored>, Error> {
    let sql = "SELECT content_type, content_length, asked_at, stage FROM pictures
         WHERE picture_id = ? AND owner_id = ?";
    let row: Option<StoredRow> = connection.exec_first(sql, (picture_id.uuid(), owner)).await?;
    row.map(|row| read(picture_id, row)).transpose()
}

pub(crate) async fn update_stage(
    tx: &mut Tx,
    picture_id: PictureId,
    stage: Stage,
) -> Result<(), Error> {
    let sql = "UPDATE pictures SET stage = ? WHERE picture_id = ?";
    tx.exec_drop(sql, (stage.code(), picture_id.uuid())).await
}

/// It is refused from now on without a look at what was uploaded.
pub(crate) async fn refuse_picture(
    connection: &mut impl Queryable,
    picture_id: PictureId,
    stage: Stage,
) -> Result<(), Error> {
    let sql = "UPDATE pictures SET stage = ? WHERE picture_id = ? AND stage = ?";
    let values = (stage.code(), picture_id.uuid(), Stage::Announced.code());
    connection.exec_drop(sql, values).await
}

/// Whether others see it.
pub(crate) async fn is_shown(
    connection: &mut impl Queryable,
    picture_id: PictureId,
) -> Result<bool, Error> {
    let sql = "SELECT stage FROM pictures WHERE picture_id = ?";
    let stage: Option<String> = connection.exec_first(sql, (picture_id.uuid(),)).await?;
    Ok(stage.as_deref() == Some(Stage::Shown.code()))
}

/// What is left of it goes now, once.
pub(crate) async fn retire_picture(
    tx: &mut Tx,
    picture_id: PictureId,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let sql = "UPDATE pictures SET stage = ?, due_at = ? WHERE picture_id = ? AND stage = ?";
    let [retired, shown] = [Stage::Retired, Stage::Shown].map(Stage::code);
    tx.exec_drop(sql, (retired, stored(now), picture_id.uuid(), shown)).await
}

pub(crate) async fn list_due(
    connection: &mut impl Queryable,
    now: OffsetDateTime,
    rows_max: u32,
) -> Result<Vec<Due>, Error> {
    type DueRow = (Uuid, String, PrimitiveDateTime, PrimitiveDateTime);
    let sql = "SELECT picture_id, stage, asked_at, due_at FROM pictures WHERE due_at <= ?
         ORDER BY due_at LIMIT ?";
    let rows: Vec<DueRow> = connection.exec(sql, (stored(now), rows_max)).await?;
    let due = |(picture_id, stage, asked_at, due_at): DueRow| {
        let picture_id = PictureId::from_uuid(picture_id);
        let stage = Stage::from_code(&stage).ok_or_else(|| unreadable(picture_id))?;
        Ok(Due { picture_id, stage, asked_at, due_at })
    };
    rows.into_iter().map(due).collect()
}

/// It is looked at again then, unless something was done to it meanwhile.
pub(crate) async fn postpone_due(
    connection: &mut impl Queryable,
    due: &Due,
    until: OffsetDateTime,
) -> Result<(), Error> {
    let sql = "UPDATE pictures SET due_at = ? WHERE picture_id = ? AND stage = ? AND due_at = ?";
    let values = (stored(until), due.picture_id.uuid(), due.stage.code(), due.due_at);
    connection.exec_drop(sql, values).await
}

/// Nothing is left to delete, unless something was done to it meanwhile, or the time is not over in
/// which something may still come: then it is looked at once more. Until then it also counts.
pub(crate) async fn settle_due(
    connection: &mut impl Queryable,
    due: &Due,
    now: OffsetDateTime,
    left_after: Duration,
) -> Result<(), Error> {
    let last_look = due.asked_at.assume_utc().saturating_add(left_after);
    if now < last_look {
        return postpone_due(connection, due, last_look).await;
    }
    let sql = if due.stage == Stage::Shown {
        "UPDATE pictures SET due_at = NULL WHERE picture_id = ? AND stage = ? AND due_at = ?"
    } else {
        "DELETE FROM pictures WHERE picture_id = ? AND stage = ? AND due_at = ?"
    };
    connection.exec_drop(sql, (due.picture_id.uuid(), due.stage.code(), due.due_at)).await
}

fn read(picture_id: PictureId, row: StoredRow) -> Result<Stored, Error> {
    let (content_type, content_length, asked_at, stage) = row;
    let content_type =
        ContentType::from_code(&content_type).ok_or_else(|| unreadable(picture_id))?;
    Ok(Stored {
        announced: AnnouncedPicture { content_type, content_length },
        asked_at: asked_at.assume_utc(),
        stage: Stage::from_code(&stage).ok_or_else(|| unreadable(picture_id))?,
    })
}

fn unreadable(picture_id: PictureId) -> Error {
    Error::Other(format!("picture {picture_id} cannot be read").into())
}

/// Times are stored in UTC, without an offset.
fn stored(at: OffsetDateTime) -> PrimitiveDateTime {
    let utc = at.to_offset(UtcOffset::UTC);
    PrimitiveDateTime::new(utc.date(), utc.time())
}
