//! Payments that bring in what they lack, in the simple model; `in_books` has the real ones.

mod in_books;

use proptest::prelude::*;
use time::{Duration, OffsetDateTime};

use super::amount;
use super::limits::day;
use super::{Model, PEOPLE, SHOPS};

pub(super) use in_books::Named;

/// What others have on their way is waited for so long.
const WAITED_FOR: Duration = Duration::HOUR;
/// Whoever has counted something may still begin it.
const BEGUN_WITHIN: Duration = Duration::seconds(10);

/// What the bank says of a card, or what the service comes to before it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bank {
    Gives,
    Refuses,
    SaysNothing,
    IsNotReached,
}

/// Payments are named by the order in which they were tried.
#[derive(Debug, Clone, Copy)]
pub(super) enum AutomaticStep {
    /// So much in a day, or no more of it.
    Agree {
        person: usize,
        day_max: Option<i64>,
    },
    Pay {
        person: usize,
        to: Payee,
        amount: i64,
        bank: Bank,
    },
    /// The same, with the same key.
    Again {
        payment: usize,
        bank: Bank,
    },
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Payee {
    Person(usize),
    Shop(usize),
}

pub(super) fn step() -> impl Strategy<Value = AutomaticStep> {
    let bank = || {
        prop_oneof![
            5 => Just(Bank::Gives),
            2 => Just(Bank::Refuses),
            2 => Just(Bank::SaysNothing),
            1 => Just(Bank::IsNotReached),
        ]
    };
    let payee = prop_oneof![(0..PEOPLE).prop_map(Payee::Person), (0..SHOPS).prop_map(Payee::Shop)];
    // More than a wallet has at first, and within what may be paid at once.
    let amount = || prop_oneof![amount(), 150_000..500_000_i64];
    prop_oneof![
        2 => (0..PEOPLE, prop::option::weighted(0.85, amount()))
            .prop_map(|(person, day_max)| AutomaticStep::Agree { person, day_max }),
        4 => (0..PEOPLE, payee, amount(), bank())
            .prop_map(|(person, to, amount, bank)| AutomaticStep::Pay { person, to, amount, bank }),
        2 => (0..6_usize, bank())
            .prop_map(|(payment, bank)| AutomaticStep::Again { payment, bank }),
    ]
}

/// What was to be brought in for a payment.
#[derive(Debug, Clone, Copy)]
struct Brought {
    amount: i64,
    at: OffsetDateTime,
    /// The number of its top-up, once it was begun.
    top_up: Option<usize>,
}

/// A payment, whether it was made or not.
#[derive(Debug, Clone, Copy)]
struct Tried {
    person: usize,
    to: Payee,
    amount: i64,
    is_paid: bool,
    brought: Option<Brought>,
}

/// What the simple model knows of all that.
#[derive(Default)]
pub(super) struct Agreed {
    day_max: [Option<i64>; PEOPLE],
    payments: Vec<Tried>,
}

impl Model {
    pub(super) fn take_automatic(&mut self, step: AutomaticStep, now: OffsetDateTime) -> bool {
        match step {
            AutomaticStep::Agree { person, day_max } => {
                self.automatic.day_max[person] = day_max;
                true
            }
            AutomaticStep::Pay { person, to, amount, bank } => {
                let payment = Tried { person, to, amount, is_paid: false, brought: None };
                self.automatic.payments.push(payment);
                self.pay_once(self.automatic.payments.len() - 1, bank, now)
            }
            AutomaticStep::Again { payment, bank } => {
                let payments = self.automatic.payments.len();
                payments > 0 && self.pay_once(payment % payments, bank, now)
            }
        }
    }

    fn pay_once(&mut self, index: usize, bank: Bank, now: OffsetDateTime) -> bool {
        let payment = self.automatic.payments[index];
        let is_paid = payment.is_paid
            || self.pay_whom(payment, now)
            || self.bring_in(index, bank, now) && self.pay_whom(payment, now);
        self.automatic.payments[index].is_paid = is_paid;
        is_paid
    }

    fn pay_whom(&mut self, payment: Tried, now: OffsetDateTime) -> bool {
        let Tried { person, to, amount, .. } = payment;
        match to {
            Payee::Person(to) => self.send([person, to], amount, [false, true], now),
            Payee::Shop(shop) => self.pay(person, shop, [amount, 0], now),
        }
    }

    /// Whether something has come: for what lacks nothing but money, for each payment once.
    fn bring_in(&mut self, index: usize, bank: Bank, now: OffsetDateTime) -> bool {
        let Tried { person, to, amount, brought, .. } = self.automatic.payments[index];
        let Some(day_max) = self.automatic.day_max[person] else { return false };
        let lacks_only_money = match to {
            Payee::Person(to) => self.may_send(person, to, amount, now),
            Payee::Shop(shop) => self.may_pay(person, shop, amount, now),
        };
        let is_begun = |before: Brought| before.top_up.is_some() || now < before.at + BEGUN_WITHIN;
        if !lacks_only_money || brought.is_some_and(is_begun) {
            return false;
        }
        let lacking = amount - self.spendable(person) - self.on_the_way(index, now);
        let used = self.brought_in(person, Some(index), now);
        if lacking <= 0 || used + lacking > day_max {
            return false;
        }
        let counted = Brought { amount: lacking, at: now, top_up: None };
        self.automatic.payments[index].brought = Some(counted);
        if bank == Bank::IsNotReached {
            return false;
        }
        if !self.top_up(person, lacking, true, now) {
            self.automatic.payments[index].brought = None;
            return false;
        }
        let top_up = self.debits.len() - 1;
        self.automatic.payments[index].brought = Some(Brought { top_up: Some(top_up), ..counted });
        match bank {
            Bank::Gives => self.end(top_up, Ok(lacking)),
            Bank::Refuses => {
                self.end(top_up, Err("refused"));
                false
            }
            Bank::SaysNothing | Bank::IsNotReached => false,
        }
    }

    /// What this person's other payments wait for.
    fn on_the_way(&self, index: usize, now: OffsetDateTime) -> i64 {
        let waits = |brought: &Brought| match brought.top_up {
            Some(top_up) => self.is_pending(top_up) && now <= brought.at + WAITED_FOR,
            None => now < brought.at + BEGUN_WITHIN,
        };
        let brought = self.brought_of(self.automatic.payments[index].person, Some(index));
        brought.filter(waits).map(|brought| brought.amount).sum()
    }

    /// What is counted of this person's day, whatever became of it, but for one payment.
    pub(super) fn brought_in(&self, person: usize, but: Option<usize>, now: OffsetDateTime) -> i64 {
        let brought = self.brought_of(person, but);
        brought.filter(|brought| day(brought.at) == day(now)).map(|brought| brought.amount).sum()
    }

    fn brought_of(&self, person: usize, but: Option<usize>) -> impl Iterator<Item = Brought> {
        let all = self.automatic.payments.iter().enumerate();
        let own = all.filter(move |(at, found)| found.person == person && Some(*at) != but);
        own.filter_map(|(_, found)| found.brought)
    }
}
