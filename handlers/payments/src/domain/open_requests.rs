//! How many requests for money somebody has waiting: nobody is flooded with them.

use std::collections::HashMap;

use uuid::Uuid;
use values::{Refusal, UserId};

use super::money_request::{MoneyRequest, MoneyRequestStatus};
use super::refusals::TOO_MANY_MONEY_REQUESTS;

/// Open requests of one person, to whomever: a few bills with all their friends.
const OF_REQUESTER_MAX: u32 = 100;
/// Open requests of one person to one other.
pub(crate) const OF_PAIR_MAX: u32 = 5;

/// The open requests of those who ask, by who asks and who is asked. Whoever asks has their account
/// locked when they are counted, so that no two requests pass the limit together.
#[derive(Debug, Default)]
pub(crate) struct OpenRequests(HashMap<(Uuid, Uuid), u32>);

impl OpenRequests {
    pub(crate) fn new(counts: impl IntoIterator<Item = ((Uuid, Uuid), u32)>) -> Self {
        Self(counts.into_iter().collect())
    }

    /// Whether this person may ask each of these people once more; they are all different.
    pub(super) fn require_room(
        &self,
        requester: UserId,
        payers: impl Iterator<Item = UserId>,
    ) -> Result<(), Refusal> {
        let of_requester = self.0.iter().filter(|((asks, _), _)| *asks == requester.uuid());
        let mut open = of_requester.fold(0_u32, |sum, (_, count)| sum.saturating_add(*count));
        for payer in payers {
            let of_pair = self.0.get(&(requester.uuid(), payer.uuid())).copied().unwrap_or(0);
            if of_pair >= OF_PAIR_MAX {
                let detail = format!("{OF_PAIR_MAX} requests to {payer} are open");
                return Err(TOO_MANY_MONEY_REQUESTS.because(detail));
            }
            open = open.saturating_add(1);
        }
        if open > OF_REQUESTER_MAX {
            let detail = format!("more than {OF_REQUESTER_MAX} requests would be open");
            return Err(TOO_MANY_MONEY_REQUESTS.because(detail));
        }
        Ok(())
    }

    /// Counts what a decision has changed.
    pub(super) fn change(&mut self, before: Option<&MoneyRequest>, after: &MoneyRequest) {
        let is_open = |request: &MoneyRequest| request.status == MoneyRequestStatus::Open;
        let count = self.0.entry((after.requester.id.uuid(), after.payer.id.uuid())).or_default();
        *count = match (before.is_some_and(is_open), is_open(after)) {
            (false, true) => count.saturating_add(1),
            (true, false) => count.saturating_sub(1),
            (false, false) | (true, true) => *count,
        };
    }
}
