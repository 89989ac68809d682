//! A shop's program has said with a payment request where it wants to be told how that ends, in the
//! form of the merchant API: it is, whether or not the shop registered an endpoint.

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use events::Envelope;
use events::payments::{ApiCredentialChangedV1, PaymentRequestClosedV1, PaymentRequestCreatedV1};
use inbox::Failure;
use service::database::{self, Tx};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use values::{PaymentId, PaymentRequestId, RequestStatus};

use super::deliver_notifications::money;
use crate::domain::{
    EndpointStatus, ProgramRequest, WebhookEndpoint, WebhookMessage, WebhookReader, WebhookType,
    WebhookUrl,
};
use crate::store::program_requests::{self, StoredKey};
use crate::store::webhook_endpoints;

/// What an endpoint of programs is told of: how a request ends.
const TYPES: [WebhookType; 2] = [WebhookType::PaymentRequestClosed, WebhookType::PaymentCompleted];

/// Learns programs' keys and requests, and what is to be sent of those that have ended. Both events
/// of a request are of one subject, so its end comes after it.
pub(super) async fn tell_programs(
    tx: &mut Tx,
    events: &[&Envelope],
) -> Result<Vec<WebhookMessage>, Failure> {
    let mut closed = Vec::new();
    for event in events {
        if let Some(changed) = inbox::decode::<ApiCredentialChangedV1>(event)? {
            learn_key(tx, event, &changed).await?;
        } else if let Some(created) = inbox::decode::<PaymentRequestCreatedV1>(event)? {
            if let Some(request) = wanted(&created)? {
                program_requests::insert_request(tx, &request).await?;
            }
        } else if let Some(event_of) = inbox::decode::<PaymentRequestClosedV1>(event)? {
            closed.push((
                *event,
                parse::<PaymentRequestId>(&event_of.payment_request_id)?,
                event_of,
            ));
        }
    }
    let ids: Vec<PaymentRequestId> = closed.iter().map(|(_, id, _)| *id).collect();
    let mut requests = program_requests::take_requests(tx, &ids).await?;
    let told = closed.iter().filter_map(|(event, id, closed)| {
        requests.remove(id).and_then(|request| message(event, closed, request).transpose())
    });
    told.collect()
}

/// Makes the endpoints of programs' messages that are not among these; whether any was missing.
pub(super) async fn insert_missing(
    tx: &mut Tx,
    messages: &[WebhookMessage],
    endpoints: &[WebhookEndpoint],
) -> Result<bool, Failure> {
    let mut is_any = false;
    for message in messages {
        let WebhookReader::Program(request) = &message.reader else { continue };
        let id = request.endpoint_id();
        if endpoints.iter().any(|endpoint| endpoint.id == id) {
            continue;
        }
        let missing = WebhookEndpoint {
            id,
            business_id: request.business_id,
            url: request.url.clone(),
            is_of_program: true,
            webhook_types: TYPES.to_vec(),
            status: EndpointStatus::Enabled,
            disabled_reason: None,
            first_failed_at: None,
            created_at: database::now(),
        };
        webhook_endpoints::insert_endpoint(tx, &missing).await?;
        is_any = true;
    }
    Ok(is_any)
}

/// One that was deactivated signs nothing from when that was told.
async fn learn_key(
    tx: &mut Tx,
    event: &Envelope,
    changed: &ApiCredentialChangedV1,
) -> Result<(), Failure> {
    let sealed = changed.sealed_signing_key.as_ref().map(|text| STANDARD.decode(text));
    let sealed = sealed.transpose().map_err(Failure::poison)?;
    let ends_at = moment(if sealed.is_some() { &changed.expires_at } else { &event.time })?;
    let key = StoredKey { id: parse(&changed.signing_key_id)?, sealed };
    Ok(program_requests::save_key(tx, parse(&changed.client_id)?, &key, ends_at).await?)
}

/// Nothing if no program wants to be told, or where it wants that cannot be called.
fn wanted(created: &PaymentRequestCreatedV1) -> Result<Option<ProgramRequest>, Failure> {
    let Some(program) = &created.notified_program else { return Ok(None) };
    let Ok(url) = WebhookUrl::try_from(program.uri.clone()) else { return Ok(None) };
    Ok(Some(ProgramRequest {
        id: parse(&created.payment_request_id)?,
        client_id: parse(&program.client_id)?,
        business_id: parse(&created.business_id)?,
        url,
        order_id: program.order_id.clone(),
        amount: money(created.amount, &created.currency)?,
        created_at: moment(&program.created_at)?,
        expires_at: moment(&created.expires_at)?,
    }))
}

/// Nothing of an end that only a later version knows, which must not keep the event from all else
/// that it tells: the program reads it.
fn message(
    event: &Envelope,
    closed: &PaymentRequestClosedV1,
    request: ProgramRequest,
) -> Result<Option<WebhookMessage>, Failure> {
    let Some(status) = RequestStatus::from_code(&closed.status) else {
        tracing::warn!(status = closed.status, "no program is told of an end that is unknown");
        return Ok(None);
    };
    let payment_id: Option<PaymentId> = closed.payment_id.as_deref().map(parse).transpose()?;
    let webhook_type = match status {
        RequestStatus::Paid => WebhookType::PaymentCompleted,
        RequestStatus::Open | RequestStatus::Cancelled | RequestStatus::Expired => {
            WebhookType::PaymentRequestClosed
        }
    };
    let payload = request.payload(&event.id, status, payment_id, moment(&event.time)?);
    Ok(Some(WebhookMessage {
        business_id: request.business_id,
        event_id: event.id.clone(),
        webhook_type,
        payload: payload.map_err(Failure::poison)?,
        reader: WebhookReader::Program(Box::new(request)),
    }))
}

/// An id of an event.
pub(super) fn parse<T: FromStr<Err: ToString>>(id: &str) -> Result<T, Failure> {
    id.parse().map_err(Failure::poison)
}

/// A time of an event.
pub(super) fn moment(text: &str) -> Result<OffsetDateTime, Failure> {
    OffsetDateTime::parse(text, &Rfc3339).map_err(Failure::poison)
}
