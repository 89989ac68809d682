//! Staff's copies of pictures are made when something is reported, and go with what was said.
//!
//! ```text
//! owed, with its report ──copied──▶ made ──nothing is left of what was said──▶ gone, in a day
//!   └── the picture is withdrawn: copied first, by whoever deletes it
//! ```

use std::time::{Duration as Wait, Instant};

use pictures::PictureCopy;
use service::database::{Tx, now};
use service::{Error, causes};
use time::Duration;
use values::{MessageReportId, PictureId};

use crate::App;
use crate::domain::Message;
use crate::store::copies::{self, DueCopy};
use crate::store::messages;

/// How long a request begins with another copy; the timer makes the rest.
const COPY_FOR: Wait = Wait::from_secs(10);
/// Copies that one call of the timer looks at, and how long it begins with another one.
const DUE_MAX: u32 = 50;
const LOOK_FOR: Wait = Wait::from_secs(5);
/// When a copy that was made is looked at again, and one of which something failed.
const LOOKED_AT_EACH: Duration = Duration::DAY;
const AGAIN_AFTER: Duration = Duration::minutes(10);
const LATER: &str = "Reported pictures are copied later.";

/// What a report has still to keep; whether all is kept. The timer does what fails.
pub(super) async fn keep_pictures_of(app: &App, report_id: MessageReportId) -> bool {
    let kept = async {
        let mut conn = app.database.conn().await?;
        let owed = copies::list_owed_to(&mut conn, report_id).await?;
        drop(conn);
        keep_all(app, owed).await
    };
    kept.await
        .inspect_err(|error| {
            tracing::warn!(causes = causes(error), "pictures are kept by the timer");
        })
        .is_ok()
}

/// For all reports of it, before it is deleted.
pub(super) async fn keep_picture(app: &App, picture_id: PictureId) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    let owed = copies::list_owed_of(&mut conn, picture_id).await?;
    drop(conn);
    keep_all(app, owed).await
}

async fn keep_all(app: &App, owed: Vec<PictureCopy>) -> Result<(), Error> {
    let began = Instant::now();
    for copy in owed {
        if began.elapsed() > COPY_FOR {
            return Err(Error::Unavailable(LATER));
        }
        keep(app, copy).await?;
    }
    Ok(())
}

async fn keep(app: &App, copy: PictureCopy) -> Result<(), Error> {
    let is_made = app.pictures.copy(copy).await?;
    let mut conn = app.database.conn().await?;
    if !is_made {
        let PictureCopy { report_id, picture_id } = copy;
        tracing::error!(%report_id, %picture_id, "a reported picture is gone");
        return Ok(copies::delete_copy(&mut conn, copy).await?);
    }
    let next_at = now().saturating_add(LOOKED_AT_EACH);
    let is_kept = copies::update_copy(&mut conn, copy, true, next_at).await?;
    drop(conn);
    // Its report was forgotten meanwhile.
    if is_kept { Ok(()) } else { app.pictures.delete_copy(copy).await }
}

/// A bounded part of the copies that are to be made or may have to go. What fails is tried later
/// and keeps nothing else waiting.
pub(crate) async fn keep_reported_pictures(app: &App) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    let due = copies::list_due(&mut conn, now(), DUE_MAX).await?;
    drop(conn);
    let began = Instant::now();
    for due in due {
        if began.elapsed() > LOOK_FOR {
            break;
        }
        if let Err(error) = look_at(app, &due).await {
            let picture_id = due.copy.picture_id;
            tracing::error!(%picture_id, causes = causes(&error), "a copy waits");
            let mut conn = app.database.conn().await?;
            let until = now().saturating_add(AGAIN_AFTER);
            copies::update_copy(&mut conn, due.copy, due.is_made, until).await?;
        }
    }
    Ok(())
}

async fn look_at(app: &App, due: &DueCopy) -> Result<(), Error> {
    let copy = due.copy;
    if due.is_kept && !due.is_made {
        return keep(app, copy).await;
    }
    if due.is_kept {
        let next_at = now().saturating_add(LOOKED_AT_EACH);
        copies::update_copy(&mut app.database.conn().await?, copy, true, next_at).await?;
        return Ok(());
    }
    app.pictures.delete_copy(copy).await?;
    Ok(copies::delete_copy(&mut app.database.conn().await?, copy).await?)
}

/// Before the timer deletes what is left of a picture. An instance that knew of no pictures may
/// have withdrawn its message and left it.
pub(crate) async fn settle_picture(app: &App, picture_id: PictureId) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    let shown_by = messages::find_of_picture(&mut conn, picture_id).await?;
    drop(conn);
    if let Some(message) = shown_by.filter(|message| message.withdrawn_at.is_some()) {
        let mut tx = app.database.begin().await?;
        retire_picture(app, &mut tx, &message).await?;
        tx.commit().await?;
    }
    keep_picture(app, picture_id).await
}

/// Nobody sees the picture of the message any more; staff do, of what was reported before. Which it
/// is, if there is one.
pub(super) async fn retire_picture(
    app: &App,
    tx: &mut Tx,
    message: &Message,
) -> Result<Option<PictureId>, Error> {
    let Some(picture_id) = message.picture else { return Ok(None) };
    copies::owe_for_message(tx, message.message_id, now()).await?;
    app.pictures.show(tx, message.sender_id.uuid(), [Some(picture_id), None]).await?;
    Ok(Some(picture_id))
}
