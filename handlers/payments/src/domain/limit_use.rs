//! What a wallet has used of its limits. Days, months and years are Hong Kong's.
//!
//! It stands in the wallet's own row, which every decision on the wallet locks, so that payments at
//! the same time count each other. `README.md` of this service says what counts and what is given
//! back.

use time::macros::date;
use time::{Date, Month, OffsetDateTime};
use values::{Money, Refusal, Timestamp, hong_kong_day, hong_kong_midnight};

use super::limits::{Flow, Limits, WalletTier};
use super::refusals::{
    DAILY_COUNT_EXCEEDED, DAILY_LIMIT_EXCEEDED, MONTHLY_LIMIT_EXCEEDED, NEW_DEVICE_LIMIT_EXCEEDED,
    TRANSACTION_LIMIT_EXCEEDED, YEARLY_LIMIT_EXCEEDED,
};

/// What a limit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    Day,
    Month,
    Year,
}

impl Period {
    /// Whether two days are in the same one.
    fn is_same(self, one: Date, other: Date) -> bool {
        match self {
            Self::Day => one == other,
            Self::Month => (one.year(), one.month()) == (other.year(), other.month()),
            Self::Year => one.year() == other.year(),
        }
    }

    /// When the one that a day is in is over: midnight in Hong Kong.
    pub(crate) fn end(self, day: Date) -> OffsetDateTime {
        let (year, month) = (day.year(), day.month());
        let last = match self {
            Self::Day => Some(day),
            Self::Month => day.replace_day(month.length(year)).ok(),
            Self::Year => Date::from_calendar_date(year, Month::December, 31).ok(),
        };
        let next = last.and_then(Date::next_day).unwrap_or(Date::MAX);
        hong_kong_midnight(next)
    }
}

/// What was used of the limits of one flow: sums in minor units, and how often in the day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FlowUse {
    pub(crate) day: i64,
    pub(crate) month: i64,
    pub(crate) year: i64,
    pub(crate) count: i64,
}

impl FlowUse {
    fn sums(&mut self) -> [(Period, &mut i64); 3] {
        [
            (Period::Day, &mut self.day),
            (Period::Month, &mut self.month),
            (Period::Year, &mut self.year),
        ]
    }
}

/// What was used of all limits in the periods that a day is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LimitUse {
    pub(crate) day: Date,
    pub(crate) top_up: FlowUse,
    pub(crate) payment: FlowUse,
    pub(crate) peer_payment: FlowUse,
    pub(crate) withdrawal: FlowUse,
}

/// A movement that counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted {
    pub(crate) flow: Flow,
    /// Minor units.
    pub(crate) amount: i64,
    pub(crate) at: OffsetDateTime,
    /// The device that asks was added to the account less than a day ago.
    pub(crate) is_new_device: bool,
}

impl LimitUse {
    /// Of an account that has just been opened.
    pub(super) const NONE: Self = {
        let none = FlowUse { day: 0, month: 0, year: 0, count: 0 };
        let day = date!(1970 - 01 - 01);
        Self { day, top_up: none, payment: none, peer_payment: none, withdrawal: none }
    };

    pub(crate) const fn of(&self, flow: Flow) -> &FlowUse {
        match flow {
            Flow::TopUp => &self.top_up,
            Flow::Payment => &self.payment,
            Flow::PeerPayment => &self.peer_payment,
            Flow::Withdrawal => &self.withdrawal,
        }
    }

    const fn of_mut(&mut self, flow: Flow) -> &mut FlowUse {
        match flow {
            Flow::TopUp => &mut self.top_up,
            Flow::Payment => &mut self.payment,
            Flow::PeerPayment => &mut self.peer_payment,
            Flow::Withdrawal => &mut self.withdrawal,
        }
    }

    /// As it stands at a moment: a period that is over counts no more. No day comes back: at
    /// midnight, an instance whose clock is behind counts in the day that another has begun.
    pub(crate) fn at(mut self, moment: OffsetDateTime) -> Self {
        let before = self.day;
        self.day = hong_kong_day(moment).max(before);
        let day = self.day;
        for flow in Flow::ALL.iter().filter(|_| day != before) {
            let used = self.of_mut(*flow);
            used.count = 0;
            let over = used.sums().into_iter().filter(|(period, _)| !period.is_same(before, day));
            over.for_each(|(_, sum)| *sum = 0);
        }
        self
    }

    /// Refuses what some limit does not allow, and says what is left. Of several it names the one
    /// of the longest period, since it would be of no use to wait for a shorter one to end.
    pub(super) fn require(&self, tier: WalletTier, counted: Counted) -> Result<(), Refusal> {
        let Limits { transaction, day, month, year, count } = tier.limits(counted.flow);
        if counted.amount > transaction {
            return Err(TRANSACTION_LIMIT_EXCEEDED.because(left_of(transaction, 0, None)));
        }
        let now = self.at(counted.at);
        let used = now.of(counted.flow);
        let device_max = counted.flow.day_max(day, counted.is_new_device);
        for (period, limit, used, refusal) in [
            (Period::Year, year, used.year, YEARLY_LIMIT_EXCEEDED),
            (Period::Month, month, used.month, MONTHLY_LIMIT_EXCEEDED),
            (Period::Day, day, used.day, DAILY_LIMIT_EXCEEDED),
            (Period::Day, device_max, used.day, NEW_DEVICE_LIMIT_EXCEEDED),
        ] {
            if used.saturating_add(counted.amount) > limit {
                return Err(refusal.because(left_of(limit, used, Some(period.end(now.day)))));
            }
        }
        if used.count >= count {
            let end = Timestamp::from(Period::Day.end(now.day));
            return Err(DAILY_COUNT_EXCEEDED.because(format!("no more than {count} until {end}")));
        }
        Ok(())
    }

    /// Counts it.
    pub(super) fn count(&mut self, counted: Counted) {
        *self = self.at(counted.at);
        let used = self.of_mut(counted.flow);
        used.count = used.count.saturating_add(1);
        for (_, sum) in used.sums() {
            *sum = sum.saturating_add(counted.amount);
        }
    }

    /// Counts no more what was counted at a moment, or a part of it, in those of its periods that
    /// still run. `count` of the day's transactions are no more.
    pub(super) fn give_back(
        &mut self,
        flow: Flow,
        amount: i64,
        count: i64,
        counted_at: OffsetDateTime,
    ) {
        let (day, counted_day) = (self.day, hong_kong_day(counted_at));
        let used = self.of_mut(flow);
        if day == counted_day {
            used.count = used.count.saturating_sub(count).max(0);
        }
        for (period, sum) in used.sums() {
            if period.is_same(day, counted_day) {
                *sum = sum.saturating_sub(amount).max(0);
            }
        }
    }
}

/// What is left of a limit, for the developer of a client.
fn left_of(limit: i64, used: i64, until: Option<OffsetDateTime>) -> String {
    let amount = |cents| Money::hkd(cents).map_or("HK$0.00".to_owned(), |left| left.to_string());
    let (left, limit) = (amount(limit.saturating_sub(used)), amount(limit));
    match until {
        Some(until) => format!("{left} of {limit} are left until {}", Timestamp::from(until)),
        None => format!("at most {limit} at once"),
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::{date, datetime};

    use super::*;
    use crate::domain::limits::NEW_DEVICE_DAY_MAX;

    /// Half past eleven at night in Hong Kong, which is another day there than in London.
    const LATE: OffsetDateTime = datetime!(2026-11-30 15:30 UTC);
    const HOUR: Duration = Duration::HOUR;

    fn counted(amount: i64, at: OffsetDateTime) -> Counted {
        Counted { flow: Flow::Payment, amount, at, is_new_device: false }
    }

    fn used_of(amount: i64, at: OffsetDateTime) -> LimitUse {
        let mut used = LimitUse::NONE;
        used.count(counted(amount, at));
        used
    }

    fn code(used: &LimitUse, wanted: Counted) -> Option<&'static str> {
        used.require(WalletTier::Verified, wanted).err().map(|refusal| refusal.code())
    }

    #[test]
    fn a_day_a_month_and_a_year_end_at_midnight_in_hong_kong() {
        for (period, day, end) in [
            (Period::Day, date!(2026 - 11 - 30), datetime!(2026-11-30 16:00 UTC)),
            (Period::Month, date!(2026 - 11 - 02), datetime!(2026-11-30 16:00 UTC)),
            (Period::Month, date!(2028 - 02 - 01), datetime!(2028-02-29 16:00 UTC)),
            (Period::Year, date!(2026 - 11 - 30), datetime!(2026-12-31 16:00 UTC)),
        ] {
            assert_eq!(period.end(day), end);
        }
        assert_eq!(used_of(1, LATE).day, date!(2026 - 11 - 30));
        assert_eq!(used_of(1, LATE + HOUR).day, date!(2026 - 12 - 01));
    }

    #[test]
    fn what_was_used_counts_until_its_period_is_over() {
        for (later, expected) in [
            (LATE + HOUR / 3, [7, 7, 7, 1]),
            (LATE + HOUR, [0, 0, 7, 0]),
            (datetime!(2026-12-31 16:00 UTC), [0, 0, 0, 0]),
        ] {
            let FlowUse { day, month, year, count } = used_of(7, LATE).at(later).payment;
            assert_eq!([day, month, year, count], expected, "{later}");
        }
        let same_month = used_of(7, LATE - 2 * Duration::DAY).at(LATE).payment;
        assert_eq!((same_month.day, same_month.month), (0, 7));
    }

    #[test]
    fn an_instance_whose_clock_is_behind_counts_in_the_day_that_has_begun() {
        let mut used = used_of(7, LATE + HOUR);
        used.count(counted(5, LATE));
        assert_eq!((used.day, used.payment.day), (date!(2026 - 12 - 01), 12));
        assert_eq!(used.payment.count, 2);
        // And gives nothing back of it: rather too little is left than too much.
        used.give_back(Flow::Payment, 5, 1, LATE);
        assert_eq!((used.payment.day, used.payment.year, used.payment.count), (12, 7, 2));
    }

    #[test]
    fn each_limit_holds_to_the_cent_and_the_longest_period_is_named() {
        let Limits { transaction, day, month, year, count } =
            WalletTier::Verified.limits(Flow::Payment);
        let with = |day, month, year, count| LimitUse {
            payment: FlowUse { day, month, year, count },
            ..LimitUse::NONE.at(LATE)
        };
        for (used, amount, refusal) in [
            (with(0, 0, 0, 0), transaction, None),
            (with(0, 0, 0, 0), transaction + 1, Some("transaction-limit-exceeded")),
            (with(day - 5, day - 5, day - 5, 1), 5, None),
            (with(day - 5, day - 5, day - 5, 1), 6, Some("daily-limit-exceeded")),
            (with(0, month - 5, month - 5, 0), 6, Some("monthly-limit-exceeded")),
            (with(0, 0, year - 5, 0), 5, None),
            (with(0, 0, year - 5, 0), 6, Some("yearly-limit-exceeded")),
            (with(day, month, month, 1), 1, Some("monthly-limit-exceeded")),
            (with(day, month, year, count), 1, Some("yearly-limit-exceeded")),
            (with(1, 1, 1, count - 1), 1, None),
            (with(1, 1, 1, count), 1, Some("daily-count-exceeded")),
        ] {
            assert_eq!(code(&used, counted(amount, LATE)), refusal, "{amount} after {used:?}");
        }
        // Each way of paying has limits of its own.
        let peer_payment = Counted { flow: Flow::PeerPayment, ..counted(1, LATE) };
        assert_eq!(code(&with(day, month, year, count), peer_payment), None);
    }

    #[test]
    fn a_refusal_says_what_is_left_and_until_when() {
        let used = used_of(400_000, LATE);
        let used = LimitUse { payment: FlowUse { day: 990_000, ..used.payment }, ..used };
        let refused = used.require(WalletTier::Verified, counted(10_001, LATE)).unwrap_err();
        let left = "HK$100.00 of HK$10,000.00 are left until 2026-11-30T16:00:00.000Z";
        assert_eq!(refused.detail(), left);
    }

    #[test]
    fn by_a_new_device_less_leaves_and_as_much_comes() {
        let new = |amount| Counted { is_new_device: true, ..counted(amount, LATE) };
        let used = used_of(NEW_DEVICE_DAY_MAX - 5, LATE);
        assert_eq!(code(&used, new(5)), None);
        assert_eq!(code(&used, new(6)), Some("new-device-limit-exceeded"));
        assert_eq!(code(&used, counted(6, LATE)), None);
        let top_up = Counted { flow: Flow::TopUp, ..new(NEW_DEVICE_DAY_MAX + 1) };
        assert_eq!(code(&LimitUse::NONE, top_up), None);
    }

    #[test]
    fn what_is_given_back_is_given_back_in_periods_that_still_run_and_never_twice() {
        for (counted_at, count, expected) in [
            (LATE, 1, [0, 0, 0, 0]),
            (LATE - HOUR, 0, [0, 0, 0, 1]),
            (LATE - Duration::DAY, 1, [7, 0, 0, 1]),
            (LATE - 31 * Duration::DAY, 1, [7, 7, 0, 1]),
            (LATE - 366 * Duration::DAY, 1, [7, 7, 7, 1]),
        ] {
            let mut used = used_of(7, LATE);
            used.give_back(Flow::Payment, 7, count, counted_at);
            let FlowUse { day, month, year, count } = used.payment;
            assert_eq!([day, month, year, count], expected, "{counted_at}");
        }
        // What began before anything was counted.
        let mut used = used_of(7, LATE);
        used.give_back(Flow::Payment, 8, 2, LATE);
        assert_eq!(used.payment, FlowUse::default());
    }
}
