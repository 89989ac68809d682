//! What a person has agreed to bring in by card when a payment is more than their wallet holds.

use time::{Date, Duration, OffsetDateTime};
use values::{Money, hong_kong_day};

use super::operation::OperationState;

/// How soon a top-up is begun after it was counted, or whoever counted it has died.
pub(crate) const BEGUN_WITHIN: Duration = Duration::seconds(10);

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

    /// The same without a use for which nothing was begun.
    pub(crate) fn without(self, used: &AutomaticUse) -> Self {
        let amount = if used.used_on == self.used_on { used.amount.minor_units() } else { 0 };
        Self { used: self.used.saturating_sub(amount), ..self }
    }
}

/// What was to be brought in for a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AutomaticUse {
    /// Of the payment that it was for.
    pub(crate) fingerprint: Vec<u8>,
    pub(crate) amount: Money,
    /// The day towards which it counts.
    pub(crate) used_on: Date,
    pub(crate) used_at: OffsetDateTime,
    /// How its top-up stands; `None` if none was begun.
    pub(crate) state: Option<OperationState>,
}

/// What a payment that lacks money needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// So much by card; the agreement is then used as it says.
    Bring(Money, AutomaticTopUp),
    /// Nothing: it is there, and the payment is decided again.
    Nothing,
    /// Patience: it is on its way.
    Patience,
    /// More than the person has agreed to, or than the bank gave.
    TooMuch,
}

/// What the wallet has and what is on its way into it for other payments, in minor units.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Funds {
    pub(crate) available: i64,
    pub(crate) on_the_way: i64,
}

/// What a payment of this amount needs. A use of before stands for it once a top-up was begun, and
/// while whoever wrote it may still begin one; after that it is counted anew.
pub(crate) fn missing(
    agreement: AutomaticTopUp,
    before: Option<&AutomaticUse>,
    amount: Money,
    funds: Funds,
    now: OffsetDateTime,
) -> Missing {
    let agreement = match before {
        None => agreement,
        Some(before) => match before.state {
            Some(OperationState::Completed) => return Missing::Nothing,
            Some(OperationState::Pending) => return Missing::Patience,
            Some(OperationState::Failed | OperationState::Expired) => return Missing::TooMuch,
            None if now < before.used_at.saturating_add(BEGUN_WITHIN) => return Missing::Patience,
            None => agreement.without(before),
        },
    };
    let lacking = amount.minor_units().saturating_sub(funds.available);
    if lacking <= 0 {
        return Missing::Nothing;
    }
    match Money::hkd(lacking.saturating_sub(funds.on_the_way)) {
        Err(_) => Missing::Patience,
        Ok(lacking) => match agreement.take(lacking, now) {
            Some(used) => Missing::Bring(lacking, used),
            None => Missing::TooMuch,
        },
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn what_was_counted_before_stands_for_its_payment_until_it_is_known_that_nothing_came() {
        let agreement =
            AutomaticTopUp { day_max: Some(hkd(100)), used_on: hong_kong_day(NOW), used: 70 };
        let funds = |available, on_the_way| Funds { available, on_the_way };
        let before = |state, seconds| AutomaticUse {
            fingerprint: Vec::new(),
            amount: hkd(70),
            used_on: hong_kong_day(NOW),
            used_at: NOW.saturating_sub(Duration::seconds(seconds)),
            state,
        };
        let bring = |cents, used| Missing::Bring(hkd(cents), AutomaticTopUp { used, ..agreement });
        for (state, seconds, expected) in [
            (Some(OperationState::Completed), 0, Missing::Nothing),
            (Some(OperationState::Pending), 99, Missing::Patience),
            (Some(OperationState::Failed), 0, Missing::TooMuch),
            (None, 9, Missing::Patience),
            // Anew: 90 of which the 70 of before are no part.
            (None, 10, bring(90, 90)),
        ] {
            let before = before(state, seconds);
            let needed = missing(agreement, Some(&before), hkd(100), funds(10, 0), NOW);
            assert_eq!(needed, expected, "{state:?} {seconds}");
        }
        for (funds, expected) in [
            (funds(70, 0), bring(30, 100)),
            (funds(69, 0), Missing::TooMuch),
            (funds(69, 1), bring(30, 100)),
            (funds(69, 31), Missing::Patience),
            (funds(100, 31), Missing::Nothing),
        ] {
            assert_eq!(missing(agreement, None, hkd(100), funds, NOW), expected, "{funds:?}");
        }
    }
}
