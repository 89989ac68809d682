//! How much somebody has put aside in open pay links and red packets: escrow is no second wallet.

use std::collections::HashMap;

use uuid::Uuid;
use values::{Money, Refusal, UserId};

use super::parcel::{Parcel, ParcelStatus};
use super::refusals::{BALANCE_LIMIT_EXCEEDED, TOO_MANY_PARCELS};

/// Open pay links and red packets of one person.
pub(crate) const OF_SENDER_MAX: u32 = 50;

/// What one person has in open parcels.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Open {
    pub(crate) parcels: u32,
    /// What nobody has taken of them, in minor units.
    pub(crate) unclaimed: i64,
}

/// The open parcels of those who make some, by sender. The sender's account is locked when they are
/// counted, as it is by whoever makes, claims or returns one, so no two pass the limit together.
#[derive(Debug, Clone, Default)]
pub(crate) struct OpenParcels(HashMap<Uuid, Open>);

impl OpenParcels {
    pub(crate) fn new(counts: impl IntoIterator<Item = (Uuid, Open)>) -> Self {
        Self(counts.into_iter().collect())
    }

    /// Whether this person may make one more of this amount, if all that waits of theirs may be
    /// `unclaimed_max` minor units: what their wallet may hold, since all of it may come back.
    pub(super) fn require_room(
        &self,
        sender: UserId,
        amount: Money,
        unclaimed_max: i64,
    ) -> Result<(), Refusal> {
        let open = self.0.get(&sender.uuid()).copied().unwrap_or_default();
        if open.parcels >= OF_SENDER_MAX {
            return Err(TOO_MANY_PARCELS);
        }
        if open.unclaimed.saturating_add(amount.minor_units()) > unclaimed_max {
            return Err(BALANCE_LIMIT_EXCEEDED.because("pay links and red packets count too"));
        }
        Ok(())
    }

    /// Counts what a decision has changed.
    pub(super) fn change(&mut self, before: Option<&Parcel>, after: &Parcel) {
        let waits = |parcel: &Parcel| {
            let is_open = parcel.status == ParcelStatus::Open;
            let unclaimed = if is_open { parcel.unclaimed_cents() } else { 0 };
            Open { parcels: is_open.into(), unclaimed }
        };
        let (before, now) = (before.map(waits).unwrap_or_default(), waits(after));
        let open = self.0.entry(after.sender.id.uuid()).or_default();
        *open = Open {
            parcels: open.parcels.saturating_add(now.parcels).saturating_sub(before.parcels),
            unclaimed: open
                .unclaimed
                .saturating_add(now.unclaimed)
                .saturating_sub(before.unclaimed),
        };
    }
}
