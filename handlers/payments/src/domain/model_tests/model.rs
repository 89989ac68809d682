//! The model: numbers in wallets, and what became of requests, holds and disputes.

use time::OffsetDateTime;

use super::limits::Used;
use super::nth;
use super::shops::Asked;
use super::step::Step;
use super::withdrawals::Withdrawn;
use super::{
    authorisations, automatic_top_ups, disputes, money_requests, parcels, payments, schedules,
    top_ups,
};
use crate::domain::limits::WalletTier;

pub(super) const PEOPLE: usize = 3;
pub(super) const SHOPS: usize = 2;

pub(super) struct Model {
    /// What can be spent.
    pub(super) wallets: [i64; PEOPLE],
    pub(super) tiers: [WalletTier; PEOPLE],
    pub(super) is_closed: [bool; PEOPLE],
    pub(super) takings: [i64; SHOPS],
    pub(super) fees: [i64; SHOPS],
    pub(super) is_unapproved: [bool; SHOPS],
    /// They give nothing.
    pub(super) is_frozen: [bool; SHOPS],
    pub(super) requests: Vec<Asked>,
    pub(super) payments: Vec<payments::Paid>,
    pub(super) debits: Vec<top_ups::Debit>,
    pub(super) withdrawals: Vec<Withdrawn>,
    pub(super) authorisations: Vec<authorisations::Authorised>,
    pub(super) asked: money_requests::Asked,
    pub(super) parcels: Vec<parcels::Waiting>,
    pub(super) planned: Vec<schedules::Planned>,
    pub(super) disputes: Vec<disputes::Disputed>,
    pub(super) automatic: automatic_top_ups::Agreed,
    /// Which of the payments between people friends may see.
    pub(super) shown: Vec<bool>,
    pub(super) uses: Vec<Used>,
}

impl Model {
    pub(super) fn new(tiers: [WalletTier; PEOPLE]) -> Self {
        Self {
            wallets: [0; PEOPLE],
            tiers,
            is_closed: [false; PEOPLE],
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
            shown: Vec::new(),
            uses: Vec::new(),
        }
    }

    /// All that is a person's, or may come.
    pub(super) fn expected(&self, person: usize) -> i64 {
        self.wallets[person] + self.held(person) + self.debited(person)
    }

    /// What is held of this person's money: it is theirs and cannot be spent.
    pub(super) fn held(&self, person: usize) -> i64 {
        self.withdrawn(person) + self.authorised(person)
    }

    /// Whether the step is done; if it is not, nothing changes.
    pub(super) fn take(&mut self, step: &Step, now: OffsetDateTime) -> bool {
        match *step {
            Step::TopUp { person, amount, is_debit } => self.top_up(person, amount, is_debit, now),
            Step::Settle { top_up, amount } => self.end(nth(top_up, self.debits.len()), Ok(amount)),
            Step::Refuse { top_up } => self.end(nth(top_up, self.debits.len()), Err("refused")),
            Step::Withdraw { person, amount } => self.withdraw(person, amount, now),
            Step::EndWithdrawal { withdrawal, is_paid } => {
                self.end_withdrawal(nth(withdrawal, self.withdrawals.len()), is_paid)
            }
            Step::Authorise { person, shop, amount } => self.authorise(person, shop, amount, now),
            Step::EndAuthorisation { authorisation, end } => {
                self.end_authorisation(nth(authorisation, self.authorisations.len()), end, now)
            }
            Step::Pay { person, request } => {
                self.pay_request(person, nth(request, self.requests.len()), now)
            }
            Step::PayStatic { person, shop, amount } => self.pay(person, shop, amount, now),
            Step::Refund { payment, amount } => self.refund(payment, amount, now),
            Step::Send { person, to, amount, is_shown } => {
                self.send_shown([person, to], amount, is_shown, now)
            }
            Step::Know { person, tier } => {
                self.tiers[person] = tier;
                true
            }
            Step::Wait { .. } => true,
            Step::Shop(step) => self.take_shop(step, now),
            Step::Between(step) => self.take_between(step, now),
            Step::Parcel(step) => self.take_parcel(step, now),
            Step::Schedule(step) => self.take_schedule(step, now),
            Step::Dispute(step) => self.take_dispute(step, now),
            Step::Automatic(step) => self.take_automatic(step, now),
            Step::Closing(step) => self.take_closing(step, now),
        }
    }
}
