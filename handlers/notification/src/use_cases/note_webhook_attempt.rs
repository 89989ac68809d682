//! A message was sent, or was not taken: what becomes of it and of its endpoint.

use service::database::Database;
use service::{Error, retry_lock_conflicts};
use values::{Product, WebhookEndpointId};

use super::deliver_notifications::insert_notices;
use crate::domain::{
    AttemptOutcome, DeliveryState, DisabledReason, EndpointStatus, FAILING_HOURS_MAX, Facts,
    Mailbox, Message, Notice, WebhookAttempt, WebhookNews, disabled_after, next_try_after,
};
use crate::store::webhook_deliveries::{self, DueDelivery};
use crate::store::webhook_endpoints;
use crate::store::webhook_leases::{self, Leased};

/// What the sender does next.
pub(crate) struct Noted {
    /// Whether the endpoint is still sent something.
    pub(crate) goes_on: bool,
    /// Who was told that it is not.
    pub(crate) told: Option<Mailbox>,
}

/// Nothing is noted if the lease has ended: another instance sends, or nobody. What its owner said
/// while the message was under way holds: a pause, or that it is to be sent again.
pub(crate) async fn note_webhook_attempt(
    database: &Database,
    leased: &Leased,
    delivery: &DueDelivery,
    attempt: &WebhookAttempt,
) -> Result<Noted, Error> {
    // What was delivered would be sent again for a lock that somebody held.
    retry_lock_conflicts(|| note(database, leased, delivery, attempt)).await
}

async fn note(
    database: &Database,
    leased: &Leased,
    delivery: &DueDelivery,
    attempt: &WebhookAttempt,
) -> Result<Noted, Error> {
    let mut tx = database.begin().await?;
    let (id, endpoint_id) = (delivery.id, leased.endpoint_id);
    let standing = webhook_leases::lock_leased(&mut tx, leased, id, FAILING_HOURS_MAX).await?;
    let Some(standing) = standing else { return Ok(Noted { goes_on: false, told: None }) };
    let failures = standing.failures.saturating_add(1);
    webhook_deliveries::insert_attempt(&mut tx, id, attempt).await?;
    let is_delivered = attempt.outcome == AttemptOutcome::Delivered;
    // Each request of a program names its own address: one that is gone says nothing of the next.
    let is_address_gone = leased.is_of_program && attempt.outcome == AttemptOutcome::Gone;
    let wait = next_try_after(failures, fastrand::f64()).filter(|_| !is_address_gone);
    let (state, wait) = match wait {
        _ if is_delivered => (DeliveryState::Delivered, None),
        Some(wait) => (DeliveryState::Pending, Some(wait)),
        None => (DeliveryState::Failed, None),
    };
    let wait_ms = wait.map_or(0, |wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
    webhook_deliveries::update_tried(&mut tx, id, state, wait_ms).await?;
    if standing.is_failing == is_delivered {
        webhook_endpoints::update_first_failed(&mut tx, endpoint_id, !is_delivered).await?;
    }
    let has_failed_long = standing.has_failed_long;
    let outcome = if is_address_gone { AttemptOutcome::Refused } else { attempt.outcome };
    let reason = disabled_after(standing.status, outcome, failures, has_failed_long);
    let mut told = None;
    if let Some(reason) = reason {
        webhook_endpoints::disable(&mut tx, endpoint_id, reason).await?;
        let mailbox = standing.owner.map(|user_id| Mailbox { user_id, product: Product::Business });
        if let Some(mailbox) = mailbox {
            let event_id = leased.lease_id.to_string();
            let notices = vec![(&*event_id, notice(mailbox, endpoint_id, reason))];
            insert_notices(&mut tx, notices).await?;
            told = Some(mailbox);
        }
    }
    tx.commit().await?;
    let goes_on = standing.status == EndpointStatus::Enabled && reason.is_none();
    Ok(Noted { goes_on, told })
}

fn notice(mailbox: Mailbox, id: WebhookEndpointId, reason: DisabledReason) -> Notice {
    let facts = Facts { webhook_endpoint_id: Some(id), ..Facts::default() };
    Notice { mailbox, message: Message::Webhook(WebhookNews { reason }), facts }
}
