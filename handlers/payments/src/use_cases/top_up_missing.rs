//! A payment for which the wallet holds too little brings in the rest, if the person has agreed to
//! that: two operations, each once, however often the payment is repeated. If the payment is
//! refused nevertheless, what came stays in the wallet.

use service::database::now;
use service::trace::TraceContext;
use service::{Error, Keyed, retry_lock_conflicts};
use values::{Money, UserId};

use super::follow_bank::tell_bank;
use crate::domain::operations::{TopUp, TopUpMethod};
use crate::domain::{Decide, INSUFFICIENT_FUNDS, OperationState};
use crate::group_commit::Done;
use crate::{App, store};

/// Decides a payment; again, if all that it lacked was money, and that was brought in.
pub(super) async fn submit_payment<D: Decide + Clone>(
    app: &App,
    payer: UserId,
    amount: Money,
    payment: D,
    keyed: &Keyed,
    trace: TraceContext,
) -> Result<Done<D::Record>, Error> {
    let done = app.group_commit.submit(payment.clone(), Some(keyed), trace).await;
    let lacks_money =
        matches!(&done, Err(Error::Refused(refusal)) if *refusal == INSUFFICIENT_FUNDS);
    if !lacks_money || !top_up_missing(app, payer, amount, keyed, trace).await? {
        return done;
    }
    app.group_commit.submit(payment, Some(keyed), trace).await
}

/// Whether what is missing has come. A bank that takes its time is not waited for.
async fn top_up_missing(
    app: &App,
    payer: UserId,
    amount: Money,
    payment: &Keyed,
    trace: TraceContext,
) -> Result<bool, Error> {
    if !app.bank.is_instructed() || !has_agreed(app, payer).await? {
        return Ok(false);
    }
    let taken = retry_lock_conflicts(|| take_missing(app, payer, amount, payment)).await?;
    let Some(missing) = taken else { return Ok(false) };
    // Its key is made of the payment's, and no client can send it.
    let keyed = payment.derived("automatic_top_up");
    let (user_id, method) = (payer, TopUpMethod::Instant);
    let top_up = TopUp { user_id, amount: missing, method, is_instructed: true };
    let begun = match app.group_commit.submit(top_up, Some(&keyed), trace).await {
        // A limit of the wallet's. The person reads that they have too little.
        Err(Error::Refused(_)) => return Ok(false),
        begun => begun?,
    };
    let (done, _) = tell_bank(app, begun, method.instruction(), trace).await?;
    Ok(done.record.state == OperationState::Completed)
}

/// Most have not, and lock nothing.
async fn has_agreed(app: &App, payer: UserId) -> Result<bool, Error> {
    let mut conn = app.database.conn().await?;
    let agreement = store::automatic_top_ups::find_agreement(&mut conn, payer).await?;
    Ok(agreement.is_some_and(|agreement| agreement.day_max.is_some()))
}

/// What the payment lacks, counted towards what the person has agreed to in a day: once for each
/// payment. `None` if nothing is missing any more, or they have not agreed to so much.
async fn take_missing(
    app: &App,
    payer: UserId,
    amount: Money,
    payment: &Keyed,
) -> Result<Option<Money>, Error> {
    let mut tx = app.database.begin().await?;
    let agreement = store::automatic_top_ups::lock_agreement(&mut tx, payer).await?;
    let Some(agreement) = agreement else { return Ok(None) };
    let digest = payment.key_digest();
    if let Some(taken) = store::automatic_top_ups::find_use(&mut tx, digest).await? {
        return Ok(Some(taken));
    }
    let wallet = store::ledger::find_account(&mut tx, payer.uuid()).await?;
    let available = wallet.map_or(0, |wallet| wallet.available());
    let missing = Money::hkd(amount.minor_units().saturating_sub(available)).ok();
    let now = now();
    let used = missing.and_then(|missing| Some((missing, agreement.take(missing, now)?)));
    let Some((missing, used)) = used else { return Ok(None) };
    let taken = (digest, missing);
    store::automatic_top_ups::insert_use(&mut tx, payer, taken, used, now).await?;
    tx.commit().await?;
    Ok(Some(missing))
}
