//! A list has changed: everybody is compared with all that count. Each application remembers with
//! which lists it was compared last, so a crash repeats little and forgets nobody.

use futures_util::StreamExt;
use futures_util::stream;
use service::database::now;
use service::{Error, causes, retry_lock_conflicts};
use values::ApplicationId;

use super::act_on_application::{Word, act_on, lock};
use crate::domain::{Act, Actor};
use crate::screening::{Lists, seal_found};
use crate::store::screening::SealedHit;
use crate::{App, store};

/// Applications that one call compares, each with a call of Key Vault. The timer comes each 5 s, so
/// it is ten a second at most, which leaves four fifths of a vault to people (`sealed::Pace`).
const BATCH_MAX: usize = 50;
/// How many of them wait for Key Vault at once.
const AT_ONCE: usize = 16;
/// Entries of old lists that one call deletes.
const OLD_ENTRIES_MAX: u32 = 10_000;

/// The next part of those who are to be compared. One that fails does not hold up the others, and
/// comes again in the next round.
pub(crate) async fn screen_again(app: &App) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    let Some(newest) = store::screening::find_newest(&mut conn).await? else { return Ok(()) };
    let round = &app.rounds.screening;
    let after = round.after();
    let waiting = store::applications::list_unscreened(&mut conn, newest, after, BATCH_MAX).await?;
    let is_full = waiting.len() >= BATCH_MAX;
    round.end_part(waiting.last().map(|(id, _)| *id), is_full);
    if !is_full {
        store::screening::delete_old_entries(&mut conn, OLD_ENTRIES_MAX).await?;
    }
    if waiting.is_empty() {
        return Ok(());
    }
    drop(conn);
    let Some(lists) = app.lists.get(&app.database).await? else { return Ok(()) };
    stream::iter(waiting)
        .for_each_concurrent(AT_ONCE, async |(id, sealed)| {
            if let Err(error) = screen(app, &lists, id, &sealed).await {
                let causes = causes(&error);
                tracing::error!(application_id = %id, causes, "cannot be screened");
            }
        })
        .await;
    Ok(())
}

async fn screen(app: &App, lists: &Lists, id: ApplicationId, sealed: &[u8]) -> Result<(), Error> {
    let screenees = app.personal_data.open_screenees(id, sealed).await?;
    let found = lists.find(&app.personal_data, &screenees)?;
    let hits = seal_found(app, id, found).await?;
    retry_lock_conflicts(|| write(app, lists.version, id, &hits)).await
}

async fn write(
    app: &App,
    list_version: u32,
    id: ApplicationId,
    hits: &[SealedHit],
) -> Result<(), Error> {
    let at = now();
    let mut tx = app.database.begin().await?;
    let Some(mut locked) = lock(&mut tx, id).await? else { return Ok(()) };
    // Another instance has compared it meanwhile, or it has ended.
    let is_done = locked.application.list_version.is_some_and(|version| version >= list_version);
    if is_done || !locked.application.is_screened() {
        return Ok(());
    }
    let cleared = store::screening::list_cleared(&mut tx, id).await?;
    let is_hit = hits.iter().any(|hit| !cleared.contains(hit.entry_index.as_slice()));
    let act = Act::Screened { list_version, is_hit };
    act_on(app, &mut tx, &mut locked, &act, &Word::of(&Actor::Service, at)).await?;
    store::screening::save_hits(&mut tx, id, list_version, hits, at).await?;
    app.outbox.commit(tx).await?;
    Ok(())
}
