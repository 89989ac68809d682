//! A dispute goes on: one transaction, told once. If the payer is right, the refund follows.

use service::database::now;
use service::trace::TraceContext;
use service::{Error, Keyed, retry_lock_conflicts};
use values::{DisputeId, IdempotencyKey, NO_BUSINESS};

use crate::domain::operations::RefundPayment;
use crate::domain::{Dispute, DisputeStatus, NO_DISPUTE, Operation, REFUND_NOT_DUE, Shop};
use crate::{App, store};

/// What becomes of a dispute, which is locked; the same as before if nothing does.
pub(super) async fn change_dispute(
    app: &App,
    id: DisputeId,
    trace: TraceContext,
    step: impl Fn(Dispute, &Shop) -> Result<Dispute, Error> + Send + Sync,
) -> Result<Dispute, Error> {
    let dispute = retry_lock_conflicts(|| try_change(app, id, trace, &step)).await?;
    if dispute.status == DisputeStatus::Upheld {
        return refund(app, dispute, trace).await;
    }
    Ok(dispute)
}

async fn try_change(
    app: &App,
    id: DisputeId,
    trace: TraceContext,
    step: &(impl Fn(Dispute, &Shop) -> Result<Dispute, Error> + Send + Sync),
) -> Result<Dispute, Error> {
    let mut tx = app.database.begin().await?;
    let before = store::disputes::lock_dispute(&mut tx, id).await?.ok_or(NO_DISPUTE)?;
    let shop = store::read_models::find_shop(&mut tx, before.business_id).await?;
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

/// Gives back what is still due. After a crash between the refund and its line here the timer asks
/// for the same refund under the same key, and reads what was done.
async fn refund(app: &App, dispute: Dispute, trace: TraceContext) -> Result<Dispute, Error> {
    let payment_id = dispute.payment_id;
    let refunded = match try_refund(app, &dispute, trace).await {
        Ok(refund) => Ok(refund.map(|refund| refund.refund_id())),
        Err(Error::Refused(refusal)) => Err(refusal),
        Err(error) => return Err(error),
    };
    if let Err(refusal) = &refunded {
        tracing::info!(%payment_id, code = refusal.code(), "a disputed payment is refunded later");
    }
    let after = |dispute: Dispute, _: &Shop| match &refunded {
        _ if dispute.status != DisputeStatus::Upheld => Ok(dispute),
        Ok(refund_id) => Ok(dispute.refunded(*refund_id, now())),
        Err(_) => Ok(dispute.retried_later(now())),
    };
    retry_lock_conflicts(|| try_change(app, dispute.id, trace, &after)).await
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
    let refund = RefundPayment {
        payment_id: dispute.payment_id,
        business_id: dispute.business_id,
        owner: shop.ok_or(NO_BUSINESS)?.owner_user_id,
        amount: dispute.amount,
        note: None,
        disputed_after: Some(dispute.refunded_before),
    };
    match app.group_commit.submit(refund, Some(&keyed), trace).await {
        Ok(done) => Ok(Some(done.record)),
        Err(Error::Refused(refusal)) if refusal == REFUND_NOT_DUE => Ok(None),
        Err(error) => Err(error),
    }
}
