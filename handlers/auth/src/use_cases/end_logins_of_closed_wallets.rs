//! Whose wallet is closed is logged out of PayMe for Consumer everywhere; a shop of theirs goes on,
//! and so do its logins. They may log in again, to read what was.

use service::{Error, causes, retry_lock_conflicts, trace};
use values::{Product, UserId};

use super::end_sessions::end_sessions;
use crate::domain::{EndReason, SessionsOf};
use crate::wallet_closings::WalletClosings;
use crate::{App, store};

/// Pages in one run of the timer, of a hundred closings each: years of them. If there are more that
/// are new, none is done, as the oldest would be lost: an error in the log until this is raised.
const PAGES_MAX: usize = 100;

pub(crate) async fn end_logins_of_closed_wallets(app: &App) -> Result<(), Error> {
    // The oldest first: also after a crash, whatever is older than one that is known is known too.
    // Two that were closed at once may be listed in the other order, but then on one page.
    for user_id in list_unknown(app).await?.into_iter().rev() {
        retry_lock_conflicts(|| end(app, user_id)).await?;
    }
    Ok(())
}

/// Newest first, up to the page that has one which is known.
async fn list_unknown(app: &App) -> Result<Vec<UserId>, Error> {
    let token = WalletClosings::token(&app.signer)?;
    let (mut unknown, mut cursor) = (Vec::new(), None);
    for _ in 0..PAGES_MAX {
        let page = match app.wallet_closings.page(&token, cursor.as_deref()).await {
            Ok(page) => page,
            Err(error) => {
                // The timer asks again; until then nothing of what came is done, or a gap would be.
                tracing::warn!(causes = causes(&error), "payments tells no closed wallets");
                return Ok(Vec::new());
            }
        };
        let closed: Vec<UserId> = page.items.iter().map(|closing| closing.user_id).collect();
        let mut conn = app.database.conn().await?;
        let known = store::closed_wallets::list_closed_wallets(&mut conn, &closed).await?;
        unknown.extend(closed.into_iter().filter(|user_id| !known.contains(user_id)));
        cursor = page.next_cursor;
        if cursor.is_none() || !known.is_empty() {
            return Ok(unknown);
        }
    }
    tracing::error!("more wallets were closed than one run of the timer looks at: none is done");
    Ok(Vec::new())
}

async fn end(app: &App, user_id: UserId) -> Result<(), Error> {
    let mut tx = app.database.begin().await?;
    if store::closed_wallets::insert_closed_wallet(&mut tx, user_id).await? {
        let which = SessionsOf::ProductOf(user_id, Product::Consumer);
        end_sessions(app, &mut tx, trace::current(), which, EndReason::WalletClosed).await?;
    }
    Ok(app.outbox.commit(tx).await?)
}
