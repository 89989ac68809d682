//! Money has moved, or a payment between people was hidden: the feeds of those whose money it was
//! have it, at most two rows whoever may read them.

use std::collections::BTreeMap;

use events::Envelope;
use events::payments::{MoneyMovedV1, PeerPaymentVisibilityChangedV1};
use inbox::Failure;
use service::database::Tx;
use uuid::Uuid;
use values::PeerPaymentId;

use crate::domain::{Entry, entries_of};
use crate::store;

pub(crate) async fn record_movements(tx: &mut Tx, events: &[&Envelope]) -> Result<(), Failure> {
    let mut entries: Vec<Entry> = Vec::with_capacity(events.len().saturating_mul(2));
    let mut is_hidden: BTreeMap<Uuid, bool> = BTreeMap::new();
    for event in events {
        if let Some(changed) = inbox::decode::<PeerPaymentVisibilityChangedV1>(event)? {
            is_hidden.insert(hidden(&changed)?.uuid(), true);
        } else if let Some(moved) = inbox::decode::<MoneyMovedV1>(event)? {
            entries.extend(entries_of(&moved).map_err(Failure::poison)?);
        }
    }
    for entry in entries.iter().filter(|entry| entry.is_shown) {
        is_hidden.entry(entry.operation_id).or_insert(false);
    }
    let hidden = store::entries::save_visibilities(tx, &is_hidden).await?;
    for entry in &mut entries {
        entry.is_shown &= !hidden.contains(&entry.operation_id);
    }
    store::entries::insert_entries(tx, &mut entries).await?;
    // Also of payments that an earlier batch has brought.
    Ok(store::entries::hide_entries(tx, &hidden).await?)
}

fn hidden(changed: &PeerPaymentVisibilityChangedV1) -> Result<PeerPaymentId, Failure> {
    if changed.visibility != "private" {
        return Err(Failure::poison("a payment is only ever made private"));
    }
    changed.peer_payment_id.parse().map_err(Failure::poison)
}
