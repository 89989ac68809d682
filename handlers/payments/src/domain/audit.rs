//! How audits go through the books: one stretch of time after another, each read once.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// How much time one stretch covers, so that reading it is short work.
const STRETCH: Duration = Duration::hours(1);
/// No transfer that is older than this can still be under way: an answer takes thirty seconds at
/// most, and clocks differ by less than the rest.
const SETTLED_AFTER: Duration = Duration::minutes(10);
/// Where the milliseconds stand in a UUIDv7.
const TIME_SHIFT: u32 = 80;

/// A moment between transfers, as an id: theirs are UUIDv7, so those made before it are below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cut(Uuid);

impl Cut {
    /// After every transfer.
    pub(crate) const END: Self = Self(Uuid::max());

    pub(crate) const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    pub(crate) const fn uuid(self) -> Uuid {
        self.0
    }

    /// The cut at a moment after 1970.
    pub(crate) fn at(time: OffsetDateTime) -> Self {
        let milliseconds = time.unix_timestamp_nanos().max(0).unsigned_abs() / 1_000_000;
        Self(Uuid::from_u128(milliseconds << TIME_SHIFT))
    }

    /// Its moment; the last moment that can be written, if it is later still.
    pub(crate) fn time(self) -> OffsetDateTime {
        let milliseconds = i128::try_from(self.0.as_u128() >> TIME_SHIFT).unwrap_or(i128::MAX);
        OffsetDateTime::from_unix_timestamp_nanos(milliseconds.saturating_mul(1_000_000))
            .unwrap_or(time::macros::datetime!(9999-12-31 23:59:59 UTC))
    }

    /// Where the stretch ends that begins with the transfer `first`; `None` while that transfer is
    /// too young to be sure that no other will come before it.
    pub(crate) fn after(first: Uuid, now: OffsetDateTime) -> Option<Self> {
        let settled = Self::at(now.saturating_sub(SETTLED_AFTER));
        let first = Self(first);
        let end = Self::at(first.time().saturating_add(STRETCH));
        (first < settled).then_some(end.min(settled))
    }
}

/// Contradictions between operations, their transfers, requests, refunds, parcels and fees. All
/// must be zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Contradictions {
    /// Operations without their transfer, or with another amount or other parties, withdrawals and
    /// settlements to no bank account, settlements of no day, payments by FPS to nobody, and
    /// payments and requests of schedules that are not their dates'.
    pub(crate) operations_not_matching: u64,
    /// Holds that were ended twice, by more than they held, or otherwise than their operation, the
    /// bank or a reviewer says.
    pub(crate) holds_not_matching: u64,
    /// Transfers without an operation, or between accounts that its kind does not connect.
    pub(crate) transfers_unexplained: u64,
    /// Requests marked paid without a payment, paid but not marked so, or paid with another amount
    /// or to another shop or person.
    pub(crate) requests_not_matching: u64,
    /// Refunds of no payment between the two, or of more than was paid, and payments that say
    /// otherwise than their refunds.
    pub(crate) refunds_not_matching: u64,
    /// Pay links and red packets that were not filled as they are split, claims and returns without
    /// one, and those whose claims and return are not what they say.
    pub(crate) parcels_not_matching: u64,
    /// Payments and refunds whose fee has not moved as they say, and fees of neither.
    pub(crate) fees_not_matching: u64,
}

impl Contradictions {
    pub(crate) fn are_none(self) -> bool {
        self == Self::default()
    }

    pub(crate) fn and(self, other: Self) -> Self {
        let sum = u64::saturating_add;
        Self {
            operations_not_matching: sum(
                self.operations_not_matching,
                other.operations_not_matching,
            ),
            holds_not_matching: sum(self.holds_not_matching, other.holds_not_matching),
            transfers_unexplained: sum(self.transfers_unexplained, other.transfers_unexplained),
            requests_not_matching: sum(self.requests_not_matching, other.requests_not_matching),
            refunds_not_matching: sum(self.refunds_not_matching, other.refunds_not_matching),
            parcels_not_matching: sum(self.parcels_not_matching, other.parcels_not_matching),
            fees_not_matching: sum(self.fees_not_matching, other.fees_not_matching),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;
    use uuid::{NoContext, Timestamp};

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-12-01 18:30 UTC);

    fn transfer_at(time: OffsetDateTime) -> Uuid {
        let seconds = time.unix_timestamp().unsigned_abs();
        Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, time.nanosecond()))
    }

    #[test]
    fn a_cut_stands_between_what_was_before_and_after_it() {
        let cut = Cut::at(NOW);
        assert_eq!(cut.time(), NOW);
        assert!(Cut::from_uuid(transfer_at(NOW - Duration::milliseconds(1))) < cut);
        assert!(Cut::from_uuid(transfer_at(NOW)) >= cut);
        assert!(Cut::END.time() > NOW && Cut::from_uuid(Uuid::nil()).time() < NOW);
    }

    #[test]
    fn a_stretch_is_an_hour_from_its_first_transfer_but_never_reaches_what_is_young() {
        let after = |first| Cut::after(transfer_at(first), NOW).map(Cut::time);
        let long_ago = datetime!(2026-11-01 00:30 UTC);
        assert_eq!(after(long_ago), Some(datetime!(2026-11-01 01:30 UTC)));
        assert_eq!(after(NOW - Duration::minutes(30)), Some(NOW - SETTLED_AFTER));
        assert_eq!(after(NOW - SETTLED_AFTER), None);
        assert_eq!(after(NOW), None);
    }
}
