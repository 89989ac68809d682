//! How many requests for money somebody has made: nobody is flooded with them, nor with news of
//! them.

use std::collections::HashMap;

use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::{Refusal, UserId};

use super::money_request::{MoneyRequest, MoneyRequestStatus, seconds_until};
use super::refusals::{DECLINED_RECENTLY, TOO_MANY_MONEY_REQUESTS};

/// Open requests of one person, to whomever: a few bills with all their friends.
const OF_REQUESTER_MAX: u32 = 100;
/// Open requests of one person to one other.
pub(crate) const OF_PAIR_MAX: u32 = 5;
/// Requests that one person makes within [`WINDOW`], whatever becomes of them.
const RECENT_OF_REQUESTER_MAX: u32 = 200;
/// Requests of one person to one other within [`WINDOW`], whatever becomes of them: each is told.
pub(crate) const RECENT_OF_PAIR_MAX: u32 = 10;
/// How long a request counts, and how long a no keeps who asked from asking that person again.
pub(crate) const WINDOW: Duration = Duration::days(1);

/// What one person has asked one other.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asked {
    pub(crate) open: u32,
    /// Made within [`WINDOW`].
    pub(crate) recent: u32,
    /// The last no.
    pub(crate) declined_at: Option<OffsetDateTime>,
}

/// The requests of those who ask, by who asks and who is asked. Whoever asks has their account
/// locked when they are counted, so that no two requests pass the limit together.
#[derive(Debug, Clone, Default)]
pub(crate) struct OpenRequests(HashMap<(Uuid, Uuid), Asked>);

impl OpenRequests {
    pub(crate) fn new(counts: impl IntoIterator<Item = ((Uuid, Uuid), Asked)>) -> Self {
        Self(counts.into_iter().collect())
    }

    /// Whether this person may ask each of these people once more at `now`; they are all different.
    pub(super) fn require_room(
        &self,
        requester: UserId,
        payers: impl Iterator<Item = UserId>,
        now: OffsetDateTime,
    ) -> Result<(), Refusal> {
        let of_requester = self.0.iter().filter(|((asks, _), _)| *asks == requester.uuid());
        let (mut open, mut recent) =
            of_requester.fold((0_u32, 0_u32), |(open, recent), (_, of)| {
                (open.saturating_add(of.open), recent.saturating_add(of.recent))
            });
        for payer in payers {
            self.require_room_of_pair(requester, payer, now)?;
            (open, recent) = (open.saturating_add(1), recent.saturating_add(1));
        }
        if open > OF_REQUESTER_MAX {
            let detail = format!("more than {OF_REQUESTER_MAX} requests would be open");
            return Err(TOO_MANY_MONEY_REQUESTS.because(detail));
        }
        if recent > RECENT_OF_REQUESTER_MAX {
            let detail = format!("more than {RECENT_OF_REQUESTER_MAX} requests in a day");
            return Err(TOO_MANY_MONEY_REQUESTS.because(detail));
        }
        Ok(())
    }

    fn require_room_of_pair(
        &self,
        requester: UserId,
        payer: UserId,
        now: OffsetDateTime,
    ) -> Result<(), Refusal> {
        let of_pair = self.0.get(&(requester.uuid(), payer.uuid())).copied().unwrap_or_default();
        if of_pair.open >= OF_PAIR_MAX {
            let detail = format!("{OF_PAIR_MAX} requests to {payer} are open");
            return Err(TOO_MANY_MONEY_REQUESTS.because(detail));
        }
        if of_pair.recent >= RECENT_OF_PAIR_MAX {
            let detail = format!("{RECENT_OF_PAIR_MAX} requests to {payer} in a day");
            return Err(TOO_MANY_MONEY_REQUESTS.because(detail));
        }
        let again_at = of_pair.declined_at.map(|declined_at| declined_at.saturating_add(WINDOW));
        if let Some(again_at) = again_at.filter(|again_at| now < *again_at) {
            return Err(DECLINED_RECENTLY.for_seconds(seconds_until(again_at, now)));
        }
        Ok(())
    }

    /// Counts what a decision has changed.
    pub(super) fn change(&mut self, before: Option<&MoneyRequest>, after: &MoneyRequest) {
        let is_open = |request: &MoneyRequest| request.status == MoneyRequestStatus::Open;
        let of_pair = self.0.entry((after.requester.id.uuid(), after.payer.id.uuid())).or_default();
        of_pair.open = match (before.is_some_and(is_open), is_open(after)) {
            (false, true) => of_pair.open.saturating_add(1),
            (true, false) => of_pair.open.saturating_sub(1),
            (false, false) | (true, true) => of_pair.open,
        };
        of_pair.recent = of_pair.recent.saturating_add(before.is_none().into());
        of_pair.declined_at = of_pair.declined_at.max(after.declined_at);
    }
}
