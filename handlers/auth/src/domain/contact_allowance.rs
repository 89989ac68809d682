//! How many different phone numbers one person may ask for: an address book, and too few to learn
//! which of Hong Kong's numbers are here.

use std::collections::BTreeMap;

use time::{Date, Duration, OffsetDateTime, Time};
use values::{LOOKUPS_THROTTLED, Refusal};

/// Numbers in one request.
pub(crate) const CONTACTS_PER_REQUEST_MAX: usize = 200;
/// Different numbers within [`REMEMBERED_DAYS`].
const CONTACTS_MAX: usize = 2_000;
/// A number that was asked for counts for so long, and costs nothing when it is asked for again;
/// then its place is free.
pub(crate) const REMEMBERED_DAYS: u16 = 30;
const DIGEST_BYTES: usize = 8;
const ENTRY_BYTES: usize = DIGEST_BYTES + 2;

/// Of a number, under our own key and the asker's id.
pub(crate) type ContactDigest = [u8; DIGEST_BYTES];

/// The numbers that a person has asked for, each with the day of the first time, counted from 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ContactAllowance(BTreeMap<ContactDigest, u16>);

impl ContactAllowance {
    /// As it is stored.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let entry = |entry: &[u8]| {
            let (digest, day) = entry.split_at_checked(DIGEST_BYTES)?;
            Some((digest.try_into().ok()?, u16::from_be_bytes(day.try_into().ok()?)))
        };
        bytes.chunks(ENTRY_BYTES).map(entry).collect::<Option<_>>().map(Self)
    }

    pub(crate) fn stored(&self) -> Vec<u8> {
        let entry =
            |(digest, day): (&ContactDigest, &u16)| [&digest[..], &day.to_be_bytes()].concat();
        self.0.iter().flat_map(entry).collect()
    }

    /// Spends what these numbers cost: those that are remembered nothing. All or nothing, so that a
    /// refusal tells of no number. Whether anything has changed.
    pub(crate) fn ask(
        &mut self,
        numbers: &[ContactDigest],
        now: OffsetDateTime,
    ) -> Result<bool, Refusal> {
        let today = day_of(now);
        let before = self.0.clone();
        self.0.retain(|_, day| today < day.saturating_add(REMEMBERED_DAYS));
        for number in numbers {
            self.0.entry(*number).or_insert(today);
        }
        if self.0.len() <= CONTACTS_MAX {
            return Ok(self.0 != before);
        }
        let oldest =
            before.values().filter(|day| today < day.saturating_add(REMEMBERED_DAYS)).min();
        let free_on = oldest.copied().unwrap_or(today).saturating_add(REMEMBERED_DAYS);
        self.0 = before;
        Err(LOOKUPS_THROTTLED.for_seconds(seconds_until(free_on, now)))
    }
}

fn day_of(moment: OffsetDateTime) -> u16 {
    let days = moment.unix_timestamp().div_euclid(Duration::DAY.whole_seconds());
    u16::try_from(days).unwrap_or(u16::MAX)
}

fn seconds_until(day: u16, now: OffsetDateTime) -> u64 {
    let epoch = OffsetDateTime::UNIX_EPOCH.date();
    let date: Date = epoch.saturating_add(Duration::days(day.into()));
    let begins = date.with_time(Time::MIDNIGHT).assume_utc().unix_timestamp();
    begins.saturating_sub(now.unix_timestamp()).max(1).unsigned_abs()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-29 18:00 UTC);

    fn numbers(from: u64, count: u64) -> Vec<ContactDigest> {
        (from..from.saturating_add(count)).map(u64::to_be_bytes).collect()
    }

    /// How many of ten thousand numbers are answered to somebody who asks for those that are left,
    /// in requests of 200, at each of these hours from now.
    fn answered(hours: impl Iterator<Item = i64>) -> usize {
        let mut allowance = ContactAllowance::default();
        let all = numbers(0, 10_000);
        let mut left: Vec<&[ContactDigest]> = all.chunks(CONTACTS_PER_REQUEST_MAX).collect();
        for hour in hours {
            let now = NOW.saturating_add(Duration::hours(hour));
            left.retain(|request| allowance.ask(request, now).is_err());
        }
        all.len().saturating_sub(left.len().saturating_mul(CONTACTS_PER_REQUEST_MAX))
    }

    #[test]
    fn ten_thousand_numbers_are_not_probed_in_a_day_nor_in_a_month() {
        assert_eq!(answered(0..24), 2_000);
        assert_eq!(answered((0..30).map(|day| day * 24)), 2_000);
        assert_eq!(answered((0..=30).map(|day| day * 24)), 4_000);
    }

    #[test]
    fn what_was_asked_for_costs_nothing_again_for_thirty_days_and_then_its_place_is_free() {
        let mut allowance = ContactAllowance::default();
        for first in (0..2_000).step_by(200) {
            assert_eq!(allowance.ask(&numbers(first, 200), NOW), Ok(true));
        }
        let later = NOW.saturating_add(Duration::days(29));
        assert_eq!(allowance.ask(&numbers(0, 200), later), Ok(false));
        let refused = allowance.ask(&numbers(1_900, 101), later).unwrap_err();
        // The day begins at midnight.
        assert_eq!(
            (refused.code(), refused.retry_after_seconds()),
            ("lookups-throttled", Some(6 * 3600))
        );
        assert_eq!(ContactAllowance::read(&allowance.stored()), Some(allowance.clone()));
        let free = NOW.saturating_add(Duration::days(30));
        assert_eq!(allowance.ask(&numbers(5_000, 200), free), Ok(true));
        assert_eq!(allowance.stored().len(), 200 * ENTRY_BYTES);
    }
}
