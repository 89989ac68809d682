//! What a person has agreed to bring in by card when a payment is more than their wallet holds.

use time::{Date, OffsetDateTime};
use values::Money;

use super::hong_kong::hong_kong_day;

/// A person's agreement, and what was used of it. Amounts are minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AutomaticTopUp {
    /// The most in a day, in Hong Kong; none if they do not agree any more.
    pub(crate) day_max: Option<Money>,
    pub(crate) used_on: Date,
    pub(crate) used: i64,
}

impl AutomaticTopUp {
    /// What is used of it after so much more, if it allows that.
    pub(crate) fn take(self, amount: Money, now: OffsetDateTime) -> Option<Self> {
        let today = hong_kong_day(now).max(self.used_on);
        let before = if today == self.used_on { self.used } else { 0 };
        let used = before.checked_add(amount.minor_units())?;
        let is_allowed = self.day_max.is_some_and(|max| used <= max.minor_units());
        is_allowed.then_some(Self { used_on: today, used, ..self })
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::date;

    use super::*;
    use crate::domain::literal_books::{NOW, hkd};

    #[test]
    fn a_day_allows_so_much_to_the_cent_and_the_next_as_much_again() {
        let agreed =
            AutomaticTopUp { day_max: Some(hkd(100)), used_on: date!(1970 - 01 - 01), used: 0 };
        let used = agreed.take(hkd(60), NOW).unwrap();
        assert_eq!((used.used, used.take(hkd(41), NOW)), (60, None));
        let full = used.take(hkd(40), NOW).unwrap();
        assert_eq!((full.used, full.take(hkd(1), NOW)), (100, None));
        let tomorrow = NOW.saturating_add(Duration::DAY);
        assert_eq!(full.take(hkd(100), tomorrow).unwrap().used, 100);
        // A clock that is behind opens no day again.
        let next = full.take(hkd(1), tomorrow).unwrap();
        assert_eq!(next.take(hkd(100), NOW), None);
        let ended = AutomaticTopUp { day_max: None, ..agreed };
        assert_eq!(ended.take(hkd(1), NOW), None);
    }
}
