//! Numbers that stand in the clear, as an older program wrote them, are sealed where they stand.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use mysql_async::Conn;
use service::Error;
use values::{Phone, UserId};

use crate::App;
use crate::domain::SealedPhone;
use crate::store::phone_sealing;

/// Rows that are read at once.
const BATCH_MAX: usize = 100;
/// How many of them wait for Key Vault at once: some 200 calls a second, half of what it bears.
const AT_ONCE: usize = 8;
/// So long one tick goes on, less than the timer's interval.
const WORK_MAX: Duration = Duration::from_secs(4);

/// As much of it as fits into a few seconds. Each row is written alone and only if its number is
/// still the same, so a kill leaves rows that are still to do and no other harm.
pub(crate) async fn seal_phones(app: &App) -> Result<(), Error> {
    let start = Instant::now();
    let mut conn = app.database.conn().await?;
    if !phone_sealing::begin_sealing(&mut conn).await? {
        return Ok(());
    }
    let mut after = String::new();
    let mut is_done = true;
    loop {
        let clear = phone_sealing::list_clear(&mut conn, &after, BATCH_MAX).await?;
        let Some((_, last)) = clear.last() else { break };
        after.clone_from(last);
        is_done = false;
        seal_users(app, &mut conn, clear).await?;
        if start.elapsed() > WORK_MAX {
            return Ok(());
        }
    }
    let clear = phone_sealing::list_clear_recoveries(&mut conn, BATCH_MAX).await?;
    is_done &= clear.is_empty();
    for recovery in clear {
        let id = recovery.recovery_id;
        let old = match &recovery.old {
            Some(old) => Some(app.phone_vault.seal_old(id, old).await?),
            None => None,
        };
        let new = app.phone_vault.index(&recovery.new);
        phone_sealing::seal_clear_recovery(&mut conn, id, old, &new).await?;
    }
    // Not before a tick that finds nothing: what could not be sealed is not forgotten.
    if is_done {
        phone_sealing::end_sealing(&mut conn).await?;
    }
    Ok(())
}

async fn seal_users(app: &App, conn: &mut Conn, clear: Vec<(UserId, String)>) -> Result<(), Error> {
    let seal = async |(user_id, text): (UserId, String)| -> Result<_, Error> {
        let Ok(phone) = text.parse::<Phone>() else {
            tracing::error!(%user_id, "a phone number cannot be read");
            return Ok(None);
        };
        Ok(Some((user_id, app.phone_vault.seal(user_id, &phone).await?)))
    };
    let sealed = stream::iter(clear).map(seal).buffer_unordered(AT_ONCE);
    let sealed: Vec<Option<(UserId, SealedPhone)>> = sealed.try_collect().await?;
    for (user_id, phone) in sealed.into_iter().flatten() {
        if !phone_sealing::seal_clear(conn, user_id, &phone).await? {
            tracing::error!(%user_id, "a phone number has two users");
        }
    }
    Ok(())
}
