//! A payment for which the wallet holds too little brings in the rest, if the person has agreed to
//! that: two operations, each once, however often the payment is repeated. Nothing is brought in
//! for a payment that would be refused for another reason. If it is refused nevertheless, since
//! something has changed meanwhile, what came stays in the wallet.

use service::database::now;
use service::trace::TraceContext;
use service::{Error, IDEMPOTENCY_KEY_REUSED, Keyed, retry_lock_conflicts};
use time::Duration;
use values::{Money, UserId};

use super::follow_bank::tell_bank;
use crate::domain::operations::{Rehearsal, TopUp, TopUpMethod};
use crate::domain::{
    AutomaticUse, Decide, Funds, INSUFFICIENT_FUNDS, Missing, OperationState, missing,
};
use crate::group_commit::Done;
use crate::store::automatic_top_ups as agreements;
use crate::{App, store};

/// For how long another payment waits for what one has on its way by card, which takes seconds.
const ON_THE_WAY_FOR: Duration = Duration::hours(1);
/// The payment is not refused for good: with the same key it goes on where it stands.
const ON_ITS_WAY: Error =
    Error::Unavailable("What the payment lacks is on its way; try again with the same key.");

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
    if !lacks_money || !app.bank.is_instructed() || !has_agreed(app, payer).await? {
        return done;
    }
    let rehearsal = Rehearsal { payment: payment.clone(), payer, amount };
    app.group_commit.submit(rehearsal, None, trace).await?;
    match bring_in(app, payer, amount, keyed, trace).await? {
        OperationState::Completed => app.group_commit.submit(payment, Some(keyed), trace).await,
        OperationState::Pending => Err(ON_ITS_WAY),
        OperationState::Failed | OperationState::Expired => done,
    }
}

/// Most have not, and lock nothing.
async fn has_agreed(app: &App, payer: UserId) -> Result<bool, Error> {
    let agreement = agreements::find_agreement(&mut app.database.conn().await?, payer).await?;
    Ok(agreement.is_some_and(|agreement| agreement.day_max.is_some()))
}

/// How what the payment lacks stands.
async fn bring_in(
    app: &App,
    payer: UserId,
    amount: Money,
    payment: &Keyed,
    trace: TraceContext,
) -> Result<OperationState, Error> {
    let amount = match retry_lock_conflicts(|| take_missing(app, payer, amount, payment)).await? {
        Missing::Bring(lacking, _) => lacking,
        Missing::Nothing => return Ok(OperationState::Completed),
        Missing::Patience => return Ok(OperationState::Pending),
        Missing::TooMuch => return Ok(OperationState::Failed),
    };
    // Its key is made of the payment's, and no client can send it.
    let keyed = payment.derived("automatic_top_up");
    let top_up =
        TopUp { user_id: payer, amount, method: TopUpMethod::Instant, is_instructed: true };
    let begun = match app.group_commit.submit(top_up, Some(&keyed), trace).await {
        // A limit of the wallet's. The person reads that they have too little.
        Err(Error::Refused(_)) => {
            retry_lock_conflicts(|| forget_use(app, payer, payment)).await?;
            return Ok(OperationState::Failed);
        }
        begun => begun?,
    };
    let mut conn = app.database.conn().await?;
    agreements::update_use(&mut conn, payment.key_digest(), begun.record.id).await?;
    drop(conn);
    let (done, _) = tell_bank(app, begun, trace).await?;
    Ok(done.record.state)
}

/// What the payment needs, counted towards what the person has agreed to in a day: once for each
/// payment.
async fn take_missing(
    app: &App,
    payer: UserId,
    amount: Money,
    payment: &Keyed,
) -> Result<Missing, Error> {
    let (mut tx, digest) = (app.database.begin().await?, payment.key_digest());
    let agreement = agreements::lock_agreement(&mut tx, payer).await?;
    let Some(agreement) = agreement else { return Ok(Missing::TooMuch) };
    let before = agreements::find_use(&mut tx, digest).await?;
    let is_of_another = |before: &AutomaticUse| before.fingerprint != payment.fingerprint();
    if before.as_ref().is_some_and(|before| before.state.is_some() && is_of_another(before)) {
        return Err(IDEMPOTENCY_KEY_REUSED.into());
    }
    let now = now();
    let times = (now.saturating_sub(ON_THE_WAY_FOR), now);
    let on_the_way = agreements::sum_on_the_way(&mut tx, payer, digest, times).await?;
    let wallet = store::ledger::find_account(&mut tx, payer.uuid()).await?;
    let available = wallet.map_or(0, |wallet| wallet.available());
    let funds = Funds { available, on_the_way };
    let needed = missing(agreement, before.as_ref(), amount, funds, now);
    if let Missing::Bring(amount, agreement) = needed {
        let fingerprint = payment.fingerprint().to_vec();
        let used_on = agreement.used_on;
        let used = AutomaticUse { fingerprint, amount, used_on, used_at: now, state: None };
        agreements::save_use(&mut tx, payer, digest, &used, agreement).await?;
        tx.commit().await?;
    }
    Ok(needed)
}

async fn forget_use(app: &App, payer: UserId, payment: &Keyed) -> Result<(), Error> {
    let (mut tx, digest) = (app.database.begin().await?, payment.key_digest());
    let agreement = agreements::lock_agreement(&mut tx, payer).await?;
    let used = agreements::find_use(&mut tx, digest).await?;
    if let (Some(agreement), Some(used)) = (agreement, used) {
        agreements::delete_use(&mut tx, payer, digest, agreement.without(&used)).await?;
        tx.commit().await?;
    }
    Ok(())
}
