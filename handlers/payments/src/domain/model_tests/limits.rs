//! Limits in the simple model: everything that counts is kept, and added up each time.

use time::{Date, Duration, OffsetDateTime};

use super::BEGINS;
use super::Model;
use crate::domain::limit_use::LimitUse;
use crate::domain::limits::{Flow, Limits, NEW_DEVICE_DAY_MAX};

/// A movement, and what of it still counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Used {
    pub(super) person: usize,
    pub(super) flow: Flow,
    pub(super) amount: i64,
    pub(super) at: OffsetDateTime,
    /// As one of the day's transactions.
    pub(super) is_counted: bool,
}

/// One person has no device that is older than the history.
pub(super) fn is_new_device(person: usize, now: OffsetDateTime) -> bool {
    person == 1 && now < BEGINS + Duration::DAY
}

pub(super) fn day(at: OffsetDateTime) -> Date {
    (at + Duration::hours(8)).date()
}

impl Model {
    pub(super) fn may_use(&self, wanted: Used) -> bool {
        let Used { person, flow, amount, at, .. } = wanted;
        let Limits { transaction, day, month, year, count } = self.tiers[person].limits(flow);
        let [used_day, used_month, used_year, used_count] = self.used_of(person, flow, at);
        let is_held_back = is_new_device(person, at) && flow != Flow::TopUp;
        amount <= transaction
            && used_day + amount <= day
            && used_month + amount <= month
            && used_year + amount <= year
            && used_count < count
            && (!is_held_back || used_day + amount <= NEW_DEVICE_DAY_MAX)
    }

    /// Keeps what was done; its number.
    pub(super) fn note(&mut self, used: Used) -> usize {
        self.uses.push(used);
        self.uses.len() - 1
    }

    /// Of the day, the month and the year, and how often in the day; by flow.
    pub(super) fn used(&self, person: usize, now: OffsetDateTime) -> Vec<[i64; 4]> {
        Flow::ALL.iter().map(|flow| self.used_of(person, *flow, now)).collect()
    }

    pub(super) fn used_of(&self, person: usize, flow: Flow, now: OffsetDateTime) -> [i64; 4] {
        let today = day(now);
        let mut sums = [0; 4];
        for used in self.uses.iter().filter(|used| (used.person, used.flow) == (person, flow)) {
            let that = day(used.at);
            let is_this_year = that.year() == today.year();
            let is_this_month = is_this_year && that.month() == today.month();
            sums[0] += if that == today { used.amount } else { 0 };
            sums[1] += if is_this_month { used.amount } else { 0 };
            sums[2] += if is_this_year { used.amount } else { 0 };
            sums[3] += i64::from(that == today && used.is_counted);
        }
        sums
    }
}

/// The same of the real books.
pub(super) fn used(used: &LimitUse) -> Vec<[i64; 4]> {
    let of = |flow: &Flow| {
        let used = used.of(*flow);
        [used.day, used.month, used.year, used.count]
    };
    Flow::ALL.iter().map(of).collect()
}
