//! Numbers that stand in the clear, as an older program wrote them, are sealed where they stand.

use std::time::{Duration, Instant};

use mysql_async::Conn;
use sealed::Pace;
use service::Error;
use values::{Phone, UserId};

use crate::App;
use crate::store::phone_sealing::{self, ClearRecovery};

/// Rows that are read at once.
const BATCH_MAX: usize = 100;
/// So long one tick goes on, less than the timer's interval: some forty numbers.
const WORK_MAX: Duration = Duration::from_secs(4);

/// As much of it as fits into a few seconds. Each row is written alone and only if its number is
/// still the same, so a kill leaves rows that are still to do and no other harm. It never ends: a
/// rollback, or a restored copy, may bring numbers in the clear again, and a look costs two reads.
pub(crate) async fn seal_phones(app: &App) -> Result<(), Error> {
    let mut conn = app.database.conn().await?;
    if !phone_sealing::begin_sealing(&mut conn).await? {
        return Ok(());
    }
    match seal_all(app, &mut conn, Instant::now()).await {
        // Key Vault is away, which is logged. This can wait, and whoever calls has other work.
        Err(Error::Unavailable(_)) => Ok(()),
        done => done,
    }
}

async fn seal_all(app: &App, conn: &mut Conn, start: Instant) -> Result<(), Error> {
    let (mut pace, mut after) = (Pace::new(), String::new());
    loop {
        let clear = phone_sealing::list_clear(conn, &after, BATCH_MAX).await?;
        let Some((_, last)) = clear.last() else { break };
        after.clone_from(last);
        for user in clear {
            if start.elapsed() > WORK_MAX {
                return Ok(());
            }
            pace.turn().await;
            seal_user(app, conn, user).await?;
        }
    }
    let clear = phone_sealing::list_clear_recoveries(conn, BATCH_MAX).await?;
    for recovery in clear {
        if start.elapsed() > WORK_MAX {
            return Ok(());
        }
        pace.turn().await;
        seal_recovery(app, conn, recovery).await?;
    }
    Ok(())
}

async fn seal_user(
    app: &App,
    conn: &mut Conn,
    (user_id, text): (UserId, String),
) -> Result<(), Error> {
    let Ok(phone) = text.parse::<Phone>() else {
        tracing::error!(%user_id, "a phone number cannot be read");
        return Ok(());
    };
    let phone = app.phone_vault.seal(user_id, &phone).await?;
    if !phone_sealing::seal_clear(conn, user_id, &phone).await? {
        tracing::error!(%user_id, "a phone number has two users");
    }
    Ok(())
}

async fn seal_recovery(
    app: &App,
    conn: &mut Conn,
    ClearRecovery { recovery_id, old, new }: ClearRecovery,
) -> Result<(), Error> {
    let old = match &old {
        Some(old) => Some(app.phone_vault.seal_old(recovery_id, old).await?),
        None => None,
    };
    let new = app.phone_vault.index(&new).await?;
    Ok(phone_sealing::seal_clear_recovery(conn, recovery_id, old, &new).await?)
}
