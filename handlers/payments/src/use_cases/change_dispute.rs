//! A dispute goes on: one transaction, told once. If the payer is right, the refund follows.

use service::database::now;
use service::trace::TraceContext;
use service::{Error, Keyed, causes, retry_lock_conflicts};
use values::{DisputeId, IdempotencyKey, NO_BUSINESS, UserId};

use crate::domain::operations::RefundPayment;
use crate::domain::{Dispute, DisputeStatus, NO_DISPUTE, Operation, REFUND_NOT_DUE, Shop};
use crate::{App, store};

/// What becomes of a dispute, which is locked; the same as before if nothing does. `step` sees what
/// `by` is in the shop.
pub(super) async fn change_dispute(
    app: &App,
    id: DisputeId,
    trace: TraceContext,
    by: Option<UserId>,
    step: impl Fn(Dispute, &Shop) -> Result<Dispute, Error> + Send + Sync,
) -> Result<Dispute, Error> {
    let dispute = retry_lock_conflicts(|| try_change(app, id, trace, by, &step)).await?;
    if dispute.status == DisputeStatus::Upheld {
        return refund(app, dispute, trace).await;
    }
    Ok(dispute)
}

async fn try_change(
    app: &App,
    id: DisputeId,
    trace: TraceContext,
    by: Option<UserId>,
    step: &(impl Fn(Dispute, &Shop) -> Result<Dispute, Error> + Send + Sync),
) -> Result<Dispute, Error> {
    let mut tx = app.database.begin().await?;
    let before = store::disputes::lock_dispute(&mut tx, id).await?.ok_or(NO_DISPUTE)?;
    let shop = match by {
        Some(by) => store::read_models::find_shop_for(&mut tx, before.business_id, by).await?,
        None => store::read_models::find_shop(&mut tx, before.business_id).await?,
    };
    let shop = shop.ok_or(NO_BUSINESS)?;
    let dispute = step(before.clone(), &shop)?;
    if dispute == before {
        return Ok(dispute);
    }
    store::disputes::save_dispute(&mut tx, &dispute).await?;
    // Others know nothing of what is only proposed, or is to be tried again.
    if dispute.status != before.status {
        let event = dispute.changed_event(&shop);
        let event = app.outbox.envelope(trace, dispute.payment_id.to_string(), &event)?;
        app.outbox.append(&mut tx, &[event]).await?;
    }
    app.outbox.commit(tx).await?;
    Ok(dispute)
}

/// Gives back what is still due. What was decided stays, whatever becomes of that: after a crash,
/// or while something is away, the timer asks for the same refund under the same key, and reads
/// what was done.
async fn refund(app: &App, dispute: Dispute, trace: TraceContext) -> Result<Dispute, Error> {
    let dispute_id = dispute.id;
    let refunded = match try_refund(app, &dispute, trace).await {
        Ok(refund) => Some(refund.map(|refund| refund.refund_id())),
        Err(Error::Refused(refusal)) => {
            tracing::info!(%dispute_id, code = refusal.code(), "a dispute is refunded later");
            None
        }
        Err(error) => {
            tracing::error!(%dispute_id, causes = causes(&error), "a dispute was not refunded");
            None
        }
    };
    let after = |dispute: Dispute, _: &Shop| match refunded {
        _ if dispute.status != DisputeStatus::Upheld => Ok(dispute),
        Some(refund_id) => Ok(dispute.refunded(refund_id, now())),
        None => Ok(dispute.retried_later(now())),
    };
    let written = retry_lock_conflicts(|| try_change(app, dispute_id, trace, None, &after)).await;
    Ok(written.unwrap_or_else(|error| {
        tracing::error!(%dispute_id, causes = causes(&error), "a refund was not written down");
        dispute
    }))
}

/// `None` if nothing was due any more.
async fn try_refund(
    app: &App,
    dispute: &Dispute,
    trace: TraceContext,
) -> Result<Option<Operation>, Error> {
    let find = store::read_models::find_shop;
    let shop = find(&mut app.database.conn().await?, dispute.business_id).await?;
    // Of the dispute itself: no client has a key of this scope.
    let scope = dispute.id.uuid();
    let key: IdempotencyKey = dispute.id.to_string().parse().map_err(Error::internal)?;
    let keyed = Keyed::new(scope, &key, "refund_dispute", &dispute.id)?;
    let refund = RefundPayment::of_dispute(dispute, shop.ok_or(NO_BUSINESS)?.owner_user_id);
    match app.group_commit.submit(refund, Some(&keyed), trace).await {
        Ok(done) => Ok(Some(done.record)),
        Err(Error::Refused(refusal)) if refusal == REFUND_NOT_DUE => Ok(None),
        Err(error) => Err(error),
    }
}
