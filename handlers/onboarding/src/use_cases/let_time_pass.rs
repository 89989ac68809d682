//! What time does to applications: they are abandoned, upheld no longer, reminded of, and what was
//! uploaded and said is deleted.

use service::database::now;
use service::{Error, causes, retry_lock_conflicts};
use time::{Duration, OffsetDateTime};
use values::ApplicationId;

use super::act_on_application::{Word, act_on, lock};
use super::decide_application::{decide_application, decide_unread};
use crate::domain::{Act, Actor, Application, Document, Elapsed};
use crate::{App, store};

/// Applications of one call.
const BATCH_MAX: u32 = 100;
/// When it is tried or looked at again: others come first.
const AGAIN_AFTER: Duration = Duration::minutes(10);

/// One bounded part of what is due. One that fails does not hold up the others.
pub(crate) async fn let_time_pass(app: &App) -> Result<(), Error> {
    let now = now();
    let mut conn = app.database.conn().await?;
    let due = store::applications::list_due(&mut conn, now, BATCH_MAX).await?;
    drop(conn);
    for id in due {
        if let Err(error) = let_pass(app, id, now).await {
            tracing::error!(application_id = %id, causes = causes(&error), "what is due failed");
            let mut conn = app.database.conn().await?;
            let again = now.saturating_add(AGAIN_AFTER);
            store::applications::postpone(&mut conn, id, now, Some(again)).await?;
        }
    }
    Ok(())
}

async fn let_pass(app: &App, id: ApplicationId, now: OffsetDateTime) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    let Some(application) = store::applications::find_application(&mut conn, id).await? else {
        return Ok(());
    };
    let Some((_, elapsed)) = application.due().filter(|(due_at, _)| *due_at <= now) else {
        drop(conn);
        return retry_lock_conflicts(|| put_right(app, id, now)).await;
    };
    match elapsed {
        Elapsed::NothingReceived => {
            drop(conn);
            if decide_received(app, &application, now).await? {
                return Ok(());
            }
        }
        Elapsed::KeptLongEnough => {
            drop(conn);
            // Under the lock, before any byte goes: a hold came first, or it is refused.
            retry_lock_conflicts(|| write(app, id, elapsed, &[], now)).await?;
            return delete_files(app, id, now).await;
        }
        Elapsed::LetGo => {
            drop(conn);
            return delete_files(app, id, now).await;
        }
        Elapsed::Abandoned | Elapsed::Unreleased | Elapsed::EndsSoon | Elapsed::Ended => {
            drop(conn);
        }
    }
    retry_lock_conflicts(|| write(app, id, elapsed, &[], now)).await
}

/// Listed as due, it is not: left so it would be looked at in each call, in place of another.
async fn put_right(app: &App, id: ApplicationId, now: OffsetDateTime) -> Result<(), Error> {
    let mut tx = app.database.begin().await?;
    let Some(locked) = lock(&mut tx, id).await? else { return Ok(()) };
    let due_at = locked.application.due().map(|(due_at, _)| due_at);
    if due_at.is_none_or(|due_at| due_at > now) {
        store::applications::postpone(&mut tx, id, now, due_at).await?;
    }
    Ok(tx.commit().await?)
}

/// False if nothing was uploaded. What was is waited for, since whoever reads may be late; the
/// applicant can do nothing about that.
async fn decide_received(
    app: &App,
    application: &Application,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    let Some(document_id) = application.document_id else { return Ok(false) };
    let mut conn = app.database.conn().await?;
    let document = store::documents::find_document(&mut conn, document_id).await?;
    drop(conn);
    let Some(document) = document else { return Ok(false) };
    let id = application.id;
    // It was read; only nobody could decide yet.
    if document.outcome.is_some() {
        decide_application(app, id).await?;
    } else if !app.documents.exists(&document.blob_name()).await? {
        return Ok(false);
    } else if application.may_be_read(now) {
        let mut conn = app.database.conn().await?;
        let again = now.saturating_add(AGAIN_AFTER);
        store::applications::postpone(&mut conn, id, now, Some(again)).await?;
    } else {
        tracing::error!(application_id = %id, "an upload was not read in a day");
        decide_unread(app, id).await?;
    }
    Ok(true)
}

/// The bytes first: what is marked as deleted is gone. What fails is tried again.
async fn delete_files(app: &App, id: ApplicationId, now: OffsetDateTime) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    let found = store::applications::find_application(&mut conn, id).await?;
    if !found.is_some_and(|application| application.is_let_go) {
        return Ok(());
    }
    let deleted = store::documents::list_undeleted(&mut conn, id).await?;
    drop(conn);
    for document in &deleted {
        app.documents.delete(&document.blob_name()).await?;
    }
    retry_lock_conflicts(|| write(app, id, Elapsed::LetGo, &deleted, now)).await
}

async fn write(
    app: &App,
    id: ApplicationId,
    elapsed: Elapsed,
    deleted: &[Document],
    now: OffsetDateTime,
) -> Result<(), Error> {
    let mut tx = app.database.begin().await?;
    let Some(mut locked) = lock(&mut tx, id).await? else { return Ok(()) };
    // Somebody has done something meanwhile.
    if locked.application.due().is_none_or(|(due_at, due)| due != elapsed || due_at > now) {
        return Ok(());
    }
    // Bytes that came meanwhile go with the next call.
    if elapsed == Elapsed::LetGo
        && store::documents::list_undeleted(&mut tx, id).await?.len() > deleted.len()
    {
        return Ok(());
    }
    let word = Word::of(&Actor::Service, now);
    act_on(app, &mut tx, &mut locked, &Act::Time(elapsed), &word).await?;
    for document in deleted {
        store::documents::mark_deleted(&mut tx, document.id, now).await?;
    }
    app.outbox.commit(tx).await?;
    Ok(())
}
