//! What is tried at the very edge of what is there, or a little beyond it, in the simple model and
//! in the real books: by chance it would hardly ever come.

use proptest::prelude::*;
use time::{Duration, OffsetDateTime};

use super::{Keeper, Model, PEOPLE, World, nth};
use crate::domain::limits::{Flow, Limits};

/// `more` is beyond the edge: nothing, or up to a dollar.
#[derive(Debug, Clone, Copy)]
pub(super) enum EdgeStep {
    /// All that can be spent.
    Withdraw { person: usize, more: i64, is_by_fps: bool },
    /// All that the wallet has room for.
    Fill { person: usize, more: i64 },
    /// All that the limits of top-ups leave.
    UseUp { person: usize, more: i64 },
    /// All that was not given back.
    Refund { payment: usize, more: i64 },
    /// The bank has paid out all but so much.
    Close { person: usize, left: i64 },
    /// So long after it was paid; if it is late, a moment longer.
    Wait { payment: usize, days: i64, is_late: bool },
    /// Until its time is over.
    WaitOut { authorisation: usize },
}

pub(super) fn step() -> impl Strategy<Value = EdgeStep> {
    let person = 0..PEOPLE;
    prop_oneof![
        (person.clone(), beyond(), any::<bool>()).prop_map(|(person, more, is_by_fps)| {
            EdgeStep::Withdraw { person, more, is_by_fps }
        }),
        (person.clone(), beyond()).prop_map(|(person, more)| EdgeStep::Fill { person, more }),
        (person, beyond()).prop_map(|(person, more)| EdgeStep::UseUp { person, more }),
        (0..8_usize, beyond()).prop_map(|(payment, more)| EdgeStep::Refund { payment, more }),
        close(),
        wait(),
    ]
}

/// To the last moment of what a shop has promised, or can give back, and to the next one.
pub(super) fn wait() -> impl Strategy<Value = EdgeStep> {
    let days = prop::sample::select(vec![120, 365]);
    prop_oneof![
        (0..8_usize, days, any::<bool>()).prop_map(|(payment, days, is_late)| EdgeStep::Wait {
            payment,
            days,
            is_late
        }),
        (0..4_usize).prop_map(|authorisation| EdgeStep::WaitOut { authorisation }),
    ]
}

pub(super) fn close() -> impl Strategy<Value = EdgeStep> {
    (0..PEOPLE, beyond()).prop_map(|(person, left)| EdgeStep::Close { person, left })
}

pub(super) fn beyond() -> impl Strategy<Value = i64> {
    prop_oneof![2 => Just(0), 1 => Just(1), 1 => 1..=100_i64]
}

impl Model {
    pub(super) fn take_edge(&mut self, step: EdgeStep, now: OffsetDateTime) -> bool {
        match step {
            EdgeStep::Withdraw { person, more, is_by_fps } => {
                let amount = self.spendable(person) + more;
                amount > 0 && self.withdraw(person, amount, is_by_fps, now)
            }
            EdgeStep::Fill { person, more } => {
                let amount = self.room(person) + more;
                amount > 0 && self.top_up(person, amount, false, now)
            }
            EdgeStep::UseUp { person, more } => {
                let used = self.used_of(person, Flow::TopUp, now);
                let amount = left(self.tiers[person].limits(Flow::TopUp), used) + more;
                amount > 0 && self.top_up(person, amount, false, now)
            }
            EdgeStep::Refund { payment, more } => {
                let Some(paid) = self.payments.get(nth(payment, self.payments.len())) else {
                    return false;
                };
                let amount = paid.left + more;
                amount > 0 && self.refund(payment, amount, now)
            }
            EdgeStep::Close { person, left } => {
                let amount = self.spendable(person) - left;
                if amount > 0 && self.withdraw(person, amount, false, now) {
                    self.end_withdrawal(self.withdrawals.len() - 1, true);
                }
                self.close(person, now)
            }
            EdgeStep::Wait { .. } | EdgeStep::WaitOut { .. } => true,
        }
    }
}

fn left(limits: Limits, [day, month, year, _]: [i64; 4]) -> i64 {
    let periods = (limits.day - day).min(limits.month - month).min(limits.year - year);
    limits.transaction.min(periods)
}

impl<K: Keeper> World<K> {
    pub(super) fn take_edge(&mut self, step: EdgeStep) -> bool {
        match step {
            EdgeStep::Withdraw { person, more, is_by_fps } => {
                let amount = self.spendable(person) + more;
                amount > 0 && self.withdraw(person, amount, is_by_fps)
            }
            EdgeStep::Fill { person, more } => {
                let wallet = self.wallet(person);
                let room = wallet.tier.balance_max() - wallet.balance() - wallet.credits_pending;
                room + more > 0 && self.top_up(person, room + more, false)
            }
            EdgeStep::UseUp { person, more } => {
                let wallet = self.wallet(person);
                let used = *wallet.used.at(self.books.now).of(Flow::TopUp);
                let used = [used.day, used.month, used.year, used.count];
                let amount = left(wallet.tier.limits(Flow::TopUp), used) + more;
                amount > 0 && self.top_up(person, amount, false)
            }
            EdgeStep::Refund { payment, more } => {
                let Some((id, _)) = self.payments.get(nth(payment, self.payments.len())) else {
                    return false;
                };
                let paid = self.books.operation(id.uuid()).unwrap();
                let amount = paid.moved.unwrap().minor_units() - paid.refunded + more;
                amount > 0 && self.refund(payment, amount)
            }
            EdgeStep::Close { person, left } => {
                let amount = self.spendable(person) - left;
                if amount > 0 && self.withdraw(person, amount, false) {
                    self.end_withdrawal(self.withdrawals.len() - 1, true);
                }
                self.close(person)
            }
            EdgeStep::Wait { payment, days, is_late } => {
                let payment = self.payments.get(nth(payment, self.payments.len()));
                let made =
                    payment.map(|(id, _)| self.books.operation(id.uuid()).unwrap().created_at);
                let late = Duration::microseconds(is_late.into());
                self.wait_until(made.map(|made| made + Duration::days(days) + late))
            }
            EdgeStep::WaitOut { authorisation } => {
                let held = self.authorisations.get(nth(authorisation, self.authorisations.len()));
                let until = held.map(|(id, _)| self.books.operation(id.uuid()).unwrap().expires_at);
                self.wait_until(until.flatten())
            }
        }
    }

    fn spendable(&self, person: usize) -> i64 {
        self.wallet(person).available()
    }
}
