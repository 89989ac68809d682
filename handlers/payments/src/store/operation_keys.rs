//! The idempotency keys of operations: which operation a key was used for.
//!
//! Keys are kept by the month in which they were used, so that old ones leave as a whole partition.
//! MySQL then holds a key unique within its month only. Near the turn of a month, while clocks and
//! transactions may disagree about it, a key is written into both months, so that twins meet.

use std::collections::HashMap;

use time::{Date, Duration, OffsetDateTime, UtcOffset};
use uuid::Uuid;

use super::sql;

/// How far clocks and the lengths of transactions may be apart at the turn of a month.
const TURN: Duration = Duration::minutes(5);
/// How long a key answers at least.
const KEPT: Duration = Duration::days(30);

/// A digest of the caller and the key.
pub(crate) type KeyId = [u8; 16];

/// A key that was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UsedKey {
    pub(crate) id: KeyId,
    /// A digest of the operation and its input.
    pub(crate) fingerprint: [u8; 16],
    /// The row in which the operation is recorded.
    pub(crate) record_id: Uuid,
}

/// Naming the months spares looking into all of them.
pub(super) fn select(keys: &[KeyId], now: OffsetDateTime) -> String {
    let ids = keys.iter().map(|id| sql::binary(id)).collect::<Vec<_>>().join(", ");
    let months = months(now.saturating_sub(KEPT), now.saturating_add(TURN));
    let months = months.map(|month| month.to_string()).collect::<Vec<_>>().join(", ");
    format!(
        "SELECT key_id, fingerprint, record_id FROM operation_keys
         WHERE key_id IN ({ids}) AND month IN ({months})"
    )
}

pub(super) fn read(rows: Vec<(Uuid, Uuid, Uuid)>) -> HashMap<KeyId, UsedKey> {
    let key = |(id, fingerprint, record_id): (Uuid, Uuid, Uuid)| {
        let (id, fingerprint) = (id.into_bytes(), fingerprint.into_bytes());
        (id, UsedKey { id, fingerprint, record_id })
    };
    rows.into_iter().map(key).collect()
}

/// Fails with a duplicate key if one of them was used by another transaction.
pub(super) fn insert(keys: &[UsedKey], now: OffsetDateTime) -> String {
    if keys.is_empty() {
        return String::new();
    }
    let turn = months(now.saturating_sub(TURN), now.saturating_add(TURN));
    let rows = turn.flat_map(|month| {
        keys.iter().map(move |key| {
            format!(
                "{}, {month}, {}, {}",
                sql::binary(&key.id),
                sql::binary(&key.fingerprint),
                sql::id(key.record_id)
            )
        })
    });
    format!(
        "INSERT INTO operation_keys (key_id, month, fingerprint, record_id) VALUES {}",
        sql::rows(rows)
    )
}

/// The months (202612) of UTC from one moment to another.
fn months(from: OffsetDateTime, to: OffsetDateTime) -> impl Iterator<Item = i32> {
    let first = |at: OffsetDateTime| at.to_offset(UtcOffset::UTC).date().replace_day(1).ok();
    let next = |month: &Date| month.saturating_add(Duration::days(31)).replace_day(1).ok();
    let until = first(to);
    std::iter::successors(first(from), next).take_while(move |month| Some(*month) <= until).map(
        |month| month.year().saturating_mul(100).saturating_add(i32::from(u8::from(month.month()))),
    )
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_key_stands_in_its_month_and_near_the_turn_in_both() {
        let written = |at: OffsetDateTime| months(at - TURN, at + TURN).collect::<Vec<_>>();
        assert_eq!(written(datetime!(2026-12-15 12:00 UTC)), [202_612]);
        assert_eq!(written(datetime!(2026-12-31 23:54:59 UTC)), [202_612]);
        assert_eq!(written(datetime!(2026-12-31 23:55:01 UTC)), [202_612, 202_701]);
        assert_eq!(written(datetime!(2027-01-01 00:04:59 UTC)), [202_612, 202_701]);
        assert_eq!(written(datetime!(2027-01-01 00:05:01 UTC)), [202_701]);
        // By UTC, wherever the time was written.
        assert_eq!(written(datetime!(2027-01-01 07:00 +8)), [202_612]);
    }

    #[test]
    fn a_key_is_found_for_thirty_days_also_over_the_shortest_month() {
        let used = datetime!(2027-01-31 12:00 UTC);
        for days in 0..=30 {
            let now = used + Duration::days(days);
            assert!(months(now - KEPT, now + TURN).any(|month| month == 202_701), "{days}");
        }
    }
}
