//! A person closes their own wallet, for good, once nothing is in it; the policy of step-up asks
//! for the PIN or a passkey. Doing it twice is the same as doing it once. What was paid stays in
//! the books.

use events::payments::WalletClosedV1;
use service::database::now;
use service::trace::TraceContext;
use service::{Consumer, Error, Json, retry_lock_conflicts};
use values::GuardedAct;

use super::read_wallet::WalletBody;
use crate::domain::{Account, AccountStatus, NO_WALLET, rfc3339};
use crate::{App, store};

pub(crate) async fn close_wallet(
    app: App,
    caller: Consumer,
    trace: TraceContext,
) -> Result<Json<WalletBody>, Error> {
    retry_lock_conflicts(|| close(&app, &caller, trace)).await.map(Json)
}

async fn close(app: &App, caller: &Consumer, trace: TraceContext) -> Result<WalletBody, Error> {
    let user_id = caller.user_id;
    let mut tx = app.database.begin().await?;
    // Each movement and each new link locks it, so nothing comes meanwhile.
    let wallet = store::ledger::lock_account(&mut tx, user_id.uuid()).await?.ok_or(NO_WALLET)?;
    if wallet.status == AccountStatus::Closed {
        return Ok(WalletBody::from(&wallet));
    }
    app.tokens.require_level(caller, GuardedAct::WalletClosing)?;
    let waiting = [
        store::parcels::count_open(&mut tx, user_id).await?,
        store::money_requests::count_open_of_requester(&mut tx, user_id, now()).await?,
        store::disputes::count_unsettled(&mut tx, user_id).await?,
        store::schedules::count_open(&mut tx, user_id).await?,
    ];
    // Of what waits for a reviewer they know nothing; it goes back to its payer.
    let held = store::held_payments::sum_held_for(&mut tx, user_id).await?;
    let incoming = wallet.credits_pending.saturating_sub(held);
    let wallet = Account { credits_pending: incoming, ..wallet };
    wallet.require_closable(waiting.into_iter().sum())?;
    store::ledger::close_account(&mut tx, user_id.uuid()).await?;
    store::wallet_closings::insert_wallet_closing(&mut tx, user_id).await?;
    let closed = WalletClosedV1 { user_id: user_id.to_string(), closed_at: rfc3339(now()) };
    let closed = app.outbox.envelope(trace, user_id.to_string(), &closed)?;
    app.outbox.append(&mut tx, &[closed]).await?;
    app.outbox.commit(tx).await?;
    let closed = Account { status: AccountStatus::Closed, ..wallet };
    Ok(WalletBody::from(&closed))
}
