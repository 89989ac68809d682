//! Random histories of all operations against a model that is too simple to be wrong: numbers in
//! wallets, and what became of requests, holds and disputes.

#![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

mod authorisations;
mod automatic_top_ups;
mod closing;
mod disputes;
mod edges;
mod fold;
mod held_payments;
mod histories;
mod keeper;
mod limits;
mod money_requests;
mod parcels;
mod payments;
mod peer_payments;
mod schedules;
mod settlements;
mod shops;
mod step;
mod stops;
mod top_ups;
mod withdrawals;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use time::macros::datetime;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;
use values::{
    BusinessId, HeldPaymentId, PaymentId, PaymentRequestId, PeerPaymentId, ScheduleId,
    SettlementId, TopUpId, UserId,
};

use super::books::Books;
use super::dispute::Dispute;
use super::known_payees::KnownPayee;
use super::limits::WalletTier;
use super::literal_books::{WALLET_BALANCE_MAX, hkd};
use super::operations::{Payout, TopUpEnd};
use super::transfer::Transfer;
pub(crate) use histories::{SEED, Tally, play_kept, soak};
pub(crate) use keeper::{Decided, Keeper};
use step::Step;

const PEOPLE: usize = 3;
/// Stands among the people for the one payee whom FPS knows.
const OUTSIDE: usize = PEOPLE;
const SHOPS: usize = 2;
/// An hour before New Year's Eve begins in Hong Kong: days, a month and a year end soon.
const BEGINS: OffsetDateTime = datetime!(2026-12-30 15:00 UTC);
/// Of a shop's request.
const LIFETIME: Duration = Duration::minutes(10);

/// Cents or dollars, and now and then more than anybody has.
fn amount() -> impl Strategy<Value = i64> {
    let seldom = 1..WALLET_BALANCE_MAX;
    prop_oneof![4 => 1..500_i64, 3 => 1..50_000_i64, 2 => 1..500_000_i64, 1 => seldom]
}

/// Which of so many is meant: by the order in which they came, and then the first again.
const fn nth(named: usize, of: usize) -> usize {
    if of == 0 { 0 } else { named % of }
}

/// The model: numbers in wallets, and what became of requests, holds and disputes.
struct Model {
    /// What can be spent, unless it is stopped.
    wallets: [i64; PEOPLE],
    tiers: [WalletTier; PEOPLE],
    is_closed: [bool; PEOPLE],
    stopped: [stops::Stopped; PEOPLE],
    takings: [i64; SHOPS],
    fees: [i64; SHOPS],
    is_unapproved: [bool; SHOPS],
    /// They give nothing.
    is_frozen: [bool; SHOPS],
    requests: Vec<shops::Asked>,
    payments: Vec<payments::Paid>,
    debits: Vec<top_ups::Debit>,
    withdrawals: Vec<withdrawals::Withdrawn>,
    authorisations: Vec<authorisations::Authorised>,
    asked: money_requests::Asked,
    parcels: Vec<parcels::Waiting>,
    planned: Vec<schedules::Planned>,
    disputes: Vec<disputes::Disputed>,
    automatic: automatic_top_ups::Agreed,
    sent: Vec<peer_payments::Sent>,
    /// Which of them wait for a reviewer.
    rule: Option<held_payments::Rule>,
    held_payments: Vec<held_payments::Held>,
    settled: settlements::Settled,
    uses: Vec<limits::Used>,
}

impl Model {
    fn new(tiers: [WalletTier; PEOPLE]) -> Self {
        Self {
            wallets: [0; PEOPLE],
            tiers,
            is_closed: [false; PEOPLE],
            stopped: Default::default(),
            takings: [0; SHOPS],
            fees: [0; SHOPS],
            is_unapproved: [false; SHOPS],
            is_frozen: [false; SHOPS],
            requests: Vec::new(),
            payments: Vec::new(),
            debits: Vec::new(),
            withdrawals: Vec::new(),
            authorisations: Vec::new(),
            asked: money_requests::Asked::default(),
            parcels: Vec::new(),
            planned: Vec::new(),
            disputes: Vec::new(),
            automatic: automatic_top_ups::Agreed::default(),
            sent: Vec::new(),
            rule: None,
            held_payments: Vec::new(),
            settled: settlements::Settled::default(),
            uses: Vec::new(),
        }
    }

    /// All that is a person's, or may come.
    fn expected(&self, person: usize) -> i64 {
        self.wallets[person] + self.held(person) + self.debited(person)
    }

    /// What is held of this person's money: it is theirs and cannot be spent.
    fn held(&self, person: usize) -> i64 {
        self.withdrawn(person) + self.authorised(person) + self.reviewed(person)
    }

    /// Whether the step is done; if it is not, nothing changes.
    fn take(&mut self, step: &Step, now: OffsetDateTime) -> bool {
        self.note_takings(now);
        match *step {
            Step::TopUp { person, amount, is_debit } => self.top_up(person, amount, is_debit, now),
            Step::Settle { top_up, amount } => self.end(nth(top_up, self.debits.len()), Ok(amount)),
            Step::Refuse { top_up } => self.end(nth(top_up, self.debits.len()), Err("refused")),
            Step::Withdraw { person, amount, is_by_fps } => {
                self.withdraw(person, amount, is_by_fps, now)
            }
            Step::EndWithdrawal { withdrawal, is_paid } => {
                self.end_withdrawal(nth(withdrawal, self.withdrawals.len()), is_paid)
            }
            Step::Authorise { person, shop, amount } => self.authorise(person, shop, amount, now),
            Step::EndAuthorisation { authorisation, end } => {
                self.end_authorisation(nth(authorisation, self.authorisations.len()), end, now)
            }
            Step::Pay { person, request, tip } => {
                self.pay_request(person, nth(request, self.requests.len()), tip, now)
            }
            Step::PayStatic { person, shop, amount, tip } => {
                tip <= amount && self.pay(person, shop, [amount, tip], now)
            }
            Step::Refund { payment, amount } => self.refund(payment, amount, now),
            Step::Send { person, to, amount, is_shown } => {
                self.send([person, to], amount, [is_shown, true], now)
            }
            Step::Know { person, tier } => {
                self.tiers[person] = tier;
                true
            }
            Step::Wait { .. } => true,
            Step::Stop(step) => self.take_stop(step),
            Step::Shop(step) => self.take_shop(step, now),
            Step::Between(step) => self.take_between(step, now),
            Step::Parcel(step) => self.take_parcel(step, now),
            Step::Schedule(step) => self.take_schedule(step, now),
            Step::Dispute(step) => self.take_dispute(step, now),
            Step::Automatic(step) => self.take_automatic(step, now),
            Step::Edge(step) => self.take_edge(step, now),
            Step::Held(step) => self.take_held(step, now),
            Step::Hide { sent } => self.hide(sent),
            Step::Settlement(step) => self.take_settlement(step, now),
        }
    }
}

/// The real books, and the names of what stands in them.
struct World<K> {
    books: Books,
    people: Vec<UserId>,
    shops: Vec<BusinessId>,
    requests: Vec<PaymentRequestId>,
    payments: Vec<(PaymentId, BusinessId)>,
    debits: Vec<TopUpId>,
    withdrawals: Vec<Payout>,
    authorisations: Vec<(PaymentId, BusinessId)>,
    asked: money_requests::Named,
    parcels: Vec<Uuid>,
    schedules: Vec<ScheduleId>,
    disputes: Vec<Dispute>,
    automatic: automatic_top_ups::Named,
    sent: Vec<peer_payments::Named>,
    /// Of those and of what goes to banks.
    held_payments: Vec<HeldPaymentId>,
    settlements: Vec<SettlementId>,
    settled_days: BTreeSet<(usize, Date)>,
    /// As they were committed.
    known_payees: BTreeMap<(Uuid, Uuid), KnownPayee>,
    for_friends: Vec<PeerPaymentId>,
    transfers: Vec<Transfer>,
    keeper: K,
}

impl<K: Keeper> World<K> {
    fn take(&mut self, step: &Step) -> bool {
        match *step {
            Step::TopUp { person, amount, is_debit } => self.top_up(person, amount, is_debit),
            Step::Settle { top_up, amount } => {
                self.end(nth(top_up, self.debits.len()), TopUpEnd::Given(hkd(amount)))
            }
            Step::Refuse { top_up } => self.end(nth(top_up, self.debits.len()), TopUpEnd::Refused),
            Step::Withdraw { person, amount, is_by_fps } => {
                self.withdraw(person, amount, is_by_fps)
            }
            Step::EndWithdrawal { withdrawal, is_paid } => {
                self.end_withdrawal(nth(withdrawal, self.withdrawals.len()), is_paid)
            }
            Step::Authorise { person, shop, amount } => self.authorise(person, shop, amount),
            Step::EndAuthorisation { authorisation, end } => {
                self.end_authorisation(nth(authorisation, self.authorisations.len()), end)
            }
            Step::Pay { person, request, tip } => {
                self.pay_request(person, nth(request, self.requests.len()), tip)
            }
            Step::PayStatic { person, shop, amount, tip } => {
                self.pay(person, self.shops[shop], [amount, tip], None)
            }
            Step::Refund { payment, amount } => self.refund(payment, amount),
            Step::Send { person, to, amount, is_shown } => {
                self.send(person, self.people[to], amount, None, is_shown)
            }
            Step::Know { person, tier } => {
                self.change_account(self.people[person].uuid(), |wallet| wallet.tier = tier);
                true
            }
            Step::Wait { minutes } => self.wait(Duration::minutes(minutes)),
            Step::Stop(step) => self.take_stop(step),
            Step::Shop(step) => self.take_shop(step),
            Step::Between(step) => self.take_between(step),
            Step::Parcel(step) => self.take_parcel(step),
            Step::Schedule(step) => self.take_schedule(step),
            Step::Dispute(step) => self.take_dispute(step),
            Step::Automatic(step) => self.take_automatic(step),
            Step::Edge(step) => self.take_edge(step),
            Step::Held(step) => self.take_held(step),
            Step::Hide { sent } => self.hide(sent),
            Step::Settlement(step) => self.take_settlement(step),
        }
    }
}
