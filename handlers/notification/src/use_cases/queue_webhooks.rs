//! Something happened to a business: its endpoints that want to know are to be told, each once.

use std::collections::BTreeSet;
use std::str::FromStr;

use events::Envelope;
use events::payments::{
    DisputeChangedV1, MoneyMovedV1, PaymentAuthorisedV1, PaymentReleasedV1, PaymentRequestClosedV1,
};
use inbox::Failure;
use serde::Serialize;
use service::database::Tx;
use values::{
    Balance, BusinessId, DisputeId, Money, OperationKind, PaymentId, PaymentRequestId, RefundId,
    Timestamp, WebhookDeliveryId, WebhookEndpointId,
};

use super::deliver_notifications::money;
use super::tell_programs::{insert_missing, moment, parse, tell_programs};
use crate::domain::{WebhookMessage, WebhookReader, WebhookType, payload};
use crate::store::webhook_deliveries::{self, NewDelivery};
use crate::store::webhook_endpoints;

#[derive(Serialize)]
struct ClosedRequest {
    business_id: BusinessId,
    payment_request_id: PaymentRequestId,
    status: String,
    closed_at: Timestamp,
}

#[derive(Serialize)]
struct CompletedPayment {
    business_id: BusinessId,
    payment_id: PaymentId,
    payment_request_id: Option<PaymentRequestId>,
    amount: Money,
    tip: Option<Money>,
    fee: Balance,
    reference: Option<String>,
    completed_at: Timestamp,
}

#[derive(Serialize)]
struct AuthorisedPayment {
    business_id: BusinessId,
    payment_id: PaymentId,
    payment_request_id: Option<PaymentRequestId>,
    amount: Money,
    capture_before: Timestamp,
    authorised_at: Timestamp,
}

#[derive(Serialize)]
struct ReleasedPayment {
    business_id: BusinessId,
    payment_id: PaymentId,
    amount: Money,
    status: String,
    released_at: Timestamp,
}

#[derive(Serialize)]
struct CompletedRefund {
    business_id: BusinessId,
    refund_id: RefundId,
    payment_id: PaymentId,
    amount: Money,
    fee_returned: Balance,
    completed_at: Timestamp,
}

#[derive(Serialize)]
struct ChangedDispute {
    business_id: BusinessId,
    dispute_id: DisputeId,
    version: u32,
    payment_id: PaymentId,
    amount: Money,
    reason: String,
    status: String,
    is_answered: bool,
    answer_before: Option<Timestamp>,
}

/// Endpoints are locked before anything else that others lock too. Returns whether anything is to
/// be sent.
pub(crate) async fn queue_webhooks(tx: &mut Tx, events: &[&Envelope]) -> Result<bool, Failure> {
    let mut messages = tell_programs(tx, events).await?;
    for event in events {
        messages.extend(message(event)?);
    }
    let business_ids: BTreeSet<BusinessId> =
        messages.iter().map(|message| message.business_id).collect();
    if business_ids.is_empty() {
        return Ok(false);
    }
    let business_ids: Vec<BusinessId> = business_ids.into_iter().collect();
    let mut endpoints = webhook_endpoints::lock_endpoints_of(tx, &business_ids).await?;
    if insert_missing(tx, &messages, &endpoints).await? {
        endpoints = webhook_endpoints::lock_endpoints_of(tx, &business_ids).await?;
    }
    let wanted = messages.iter().flat_map(|message| {
        let wants = endpoints.iter().filter(|endpoint| message.is_for(endpoint));
        wants.map(|endpoint| NewDelivery {
            id: WebhookDeliveryId::new(),
            endpoint_id: endpoint.id,
            event_id: &message.event_id,
            webhook_type: message.webhook_type.code(),
            payload: &message.payload,
            url: message.url(),
        })
    });
    let deliveries: Vec<NewDelivery<'_>> = wanted.collect();
    if deliveries.is_empty() {
        return Ok(false);
    }
    webhook_deliveries::insert_deliveries(tx, &deliveries).await?;
    let woken: BTreeSet<WebhookEndpointId> =
        deliveries.iter().map(|delivery| delivery.endpoint_id).collect();
    let woken: Vec<WebhookEndpointId> = woken.into_iter().collect();
    webhook_endpoints::wake_endpoints(tx, &woken).await?;
    Ok(true)
}

/// Nothing if shops are not told of it. The payer is in none: who wants to know reads the payment.
fn message(event: &Envelope) -> Result<Option<WebhookMessage>, Failure> {
    if let Some(moved) = inbox::decode::<MoneyMovedV1>(event)? {
        let kind = OperationKind::from_code(&moved.kind);
        return if kind == Some(OperationKind::Payment) {
            of_payment(event, moved).map(Some)
        } else if kind == Some(OperationKind::Refund) {
            of_refund(event, &moved).map(Some)
        } else {
            Ok(None)
        };
    }
    if let Some(authorised) = inbox::decode::<PaymentAuthorisedV1>(event)? {
        return of_authorised(event, &authorised).map(Some);
    }
    if let Some(released) = inbox::decode::<PaymentReleasedV1>(event)? {
        return of_released(event, released).map(Some);
    }
    if let Some(closed) = inbox::decode::<PaymentRequestClosedV1>(event)? {
        return of_closed_request(event, closed);
    }
    if let Some(changed) = inbox::decode::<DisputeChangedV1>(event)? {
        return of_dispute(event, changed).map(Some);
    }
    Ok(None)
}

fn of_payment(event: &Envelope, moved: MoneyMovedV1) -> Result<WebhookMessage, Failure> {
    let business_id = parse_given(&moved.to.id)?;
    let data = CompletedPayment {
        business_id,
        payment_id: parse(&moved.operation_id)?,
        payment_request_id: moved.payment_request_id.as_deref().map(parse).transpose()?,
        amount: money(moved.amount, &moved.currency)?,
        tip: moved.tip.map(|tip| money(tip, &moved.currency)).transpose()?,
        fee: Balance::hkd(moved.fee),
        reference: moved.reference,
        completed_at: moment(&moved.moved_at)?.into(),
    };
    written(event, business_id, WebhookType::PaymentCompleted, data)
}

fn of_refund(event: &Envelope, moved: &MoneyMovedV1) -> Result<WebhookMessage, Failure> {
    let business_id = parse_given(&moved.from.id)?;
    let data = CompletedRefund {
        business_id,
        refund_id: parse(&moved.operation_id)?,
        payment_id: parse_given(&moved.refunded_payment_id)?,
        amount: money(moved.amount, &moved.currency)?,
        fee_returned: Balance::hkd(moved.fee),
        completed_at: moment(&moved.moved_at)?.into(),
    };
    written(event, business_id, WebhookType::RefundCompleted, data)
}

fn of_authorised(
    event: &Envelope,
    authorised: &PaymentAuthorisedV1,
) -> Result<WebhookMessage, Failure> {
    let business_id = parse_given(&authorised.to.id)?;
    let data = AuthorisedPayment {
        business_id,
        payment_id: parse(&authorised.payment_id)?,
        payment_request_id: authorised.payment_request_id.as_deref().map(parse).transpose()?,
        amount: money(authorised.amount, &authorised.currency)?,
        capture_before: moment(&authorised.capture_before)?.into(),
        authorised_at: moment(&authorised.authorised_at)?.into(),
    };
    written(event, business_id, WebhookType::PaymentAuthorised, data)
}

fn of_released(event: &Envelope, released: PaymentReleasedV1) -> Result<WebhookMessage, Failure> {
    let business_id = parse_given(&released.to.id)?;
    let data = ReleasedPayment {
        business_id,
        payment_id: parse(&released.payment_id)?,
        amount: money(released.amount, &released.currency)?,
        released_at: moment(&released.released_at)?.into(),
        status: released.state,
    };
    written(event, business_id, WebhookType::PaymentReleased, data)
}

/// Nothing of a request that was paid: its payment is told of.
fn of_closed_request(
    event: &Envelope,
    closed: PaymentRequestClosedV1,
) -> Result<Option<WebhookMessage>, Failure> {
    let Some(business_id) = closed.business_id.filter(|_| closed.status != "paid") else {
        return Ok(None);
    };
    let business_id = parse(&business_id)?;
    let data = ClosedRequest {
        business_id,
        payment_request_id: parse(&closed.payment_request_id)?,
        status: closed.status,
        closed_at: moment(&event.time)?.into(),
    };
    written(event, business_id, WebhookType::PaymentRequestClosed, data).map(Some)
}

fn of_dispute(event: &Envelope, changed: DisputeChangedV1) -> Result<WebhookMessage, Failure> {
    let business_id = parse(&changed.business_id)?;
    let answer_before = changed.answer_before.as_deref().map(moment).transpose()?;
    let data = ChangedDispute {
        business_id,
        dispute_id: parse(&changed.dispute_id)?,
        version: changed.version,
        payment_id: parse(&changed.payment_id)?,
        amount: money(changed.amount, &changed.currency)?,
        reason: changed.reason,
        status: changed.status,
        is_answered: changed.is_answered,
        answer_before: answer_before.map(Timestamp::from),
    };
    written(event, business_id, WebhookType::DisputeChanged, data)
}

fn written(
    event: &Envelope,
    business_id: BusinessId,
    webhook_type: WebhookType,
    data: impl Serialize,
) -> Result<WebhookMessage, Failure> {
    let payload = payload(webhook_type, moment(&event.time)?, data).map_err(Failure::poison)?;
    Ok(WebhookMessage {
        business_id,
        reader: WebhookReader::Registered,
        event_id: event.id.clone(),
        webhook_type,
        payload,
    })
}

fn parse_given<T: FromStr<Err: ToString>>(id: &Option<String>) -> Result<T, Failure> {
    parse(id.as_deref().ok_or_else(|| Failure::poison("what concerns a shop has ids"))?)
}
