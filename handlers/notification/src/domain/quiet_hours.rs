//! When a person is left alone: pushes wait, and the inbox takes what comes.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;
use values::{TimeOfDay, hong_kong_day, hong_kong_midnight};

/// Each day from one time to another, over midnight if the second is the earlier one. Two equal
/// times are the whole day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuietHours {
    /// Pushes wait from this minute on.
    pub(crate) from: TimeOfDay,
    /// From this minute on they do not wait any more.
    pub(crate) until: TimeOfDay,
}

impl QuietHours {
    /// When the person can be pushed to again; none if they can be now.
    pub(crate) fn end(self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let (begins, ends) = (next_after(now, self.from), next_after(now, self.until));
        // Whoever is in them comes to their end before they begin once more.
        (ends <= begins).then_some(ends)
    }
}

/// The first time after `moment` that clocks show it.
fn next_after(moment: OffsetDateTime, shown: TimeOfDay) -> OffsetDateTime {
    let midnight = hong_kong_midnight(hong_kong_day(moment));
    let today = midnight.saturating_add(Duration::minutes(shown.minutes().into()));
    if today > moment { today } else { today.saturating_add(Duration::DAY) }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn quiet(from: &str, until: &str) -> QuietHours {
        let at = |text: &str| text.to_owned().try_into().unwrap();
        QuietHours { from: at(from), until: at(until) }
    }

    #[test]
    fn a_night_begins_in_the_evening_and_ends_the_next_morning_in_hong_kong() {
        let night = quiet("22:00", "07:30");
        let morning = datetime!(2026-11-30 07:30 +8);
        for (now, end) in [
            (datetime!(2026-11-29 21:59:59.999 +8), None),
            (datetime!(2026-11-29 22:00 +8), Some(morning)),
            (datetime!(2026-11-30 00:00 +8), Some(morning)),
            (datetime!(2026-11-30 07:29:59 +8), Some(morning)),
            (datetime!(2026-11-30 07:30 +8), None),
            // The same evening, as Greenwich writes it.
            (datetime!(2026-11-29 14:00 UTC), Some(morning)),
            (datetime!(2026-11-29 22:00 UTC), Some(morning)),
        ] {
            assert_eq!(night.end(now), end, "{now}");
        }
    }

    #[test]
    fn quiet_hours_may_be_within_a_day_or_all_of_it() {
        let lunch = quiet("12:00", "13:00");
        assert_eq!(lunch.end(datetime!(2026-11-30 11:59 +8)), None);
        let one = datetime!(2026-11-30 13:00 +8);
        assert_eq!(lunch.end(datetime!(2026-11-30 12:00 +8)), Some(one));
        assert_eq!(lunch.end(one), None);
        let always = quiet("09:00", "09:00");
        let nine = datetime!(2026-12-01 09:00 +8);
        assert_eq!(always.end(datetime!(2026-11-30 09:00 +8)), Some(nine));
        assert_eq!(always.end(datetime!(2026-12-01 08:59 +8)), Some(nine));
    }
}
