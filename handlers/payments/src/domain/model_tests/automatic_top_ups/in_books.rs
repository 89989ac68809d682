//! Payments that bring in what they lack, in the real books: what use cases ask, in their order.

use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;
use values::{TopUpId, UserId};

use super::{AutomaticStep, Bank, Payee};
use crate::domain::automatic_top_up::{
    AutomaticTopUp, AutomaticUse, BEGUN_WITHIN, Funds, Missing, missing,
};
use crate::domain::books::{Announcement, Decide};
use crate::domain::literal_books::hkd;
use crate::domain::model_tests::limits::day;
use crate::domain::model_tests::{Keeper, PEOPLE, World};
use crate::domain::operation::OperationState;
use crate::domain::operations::{EndTopUp, Rehearsal, TopUp, TopUpEnd, TopUpMethod};
use crate::domain::refusals::INSUFFICIENT_FUNDS;
use crate::domain::voice::Voice;

/// What was counted for a payment, and its top-up once that was begun.
struct Counted {
    used: AutomaticUse,
    top_up: Option<Uuid>,
}

struct Tried {
    person: usize,
    to: Payee,
    amount: i64,
    is_paid: bool,
    counted: Option<Counted>,
}

/// What stands of it.
pub(in super::super) struct Named {
    agreements: [AutomaticTopUp; PEOPLE],
    payments: Vec<Tried>,
}

impl Default for Named {
    fn default() -> Self {
        let nothing = AutomaticTopUp { day_max: None, used_on: Date::MIN, used: 0 };
        Self { agreements: [nothing; PEOPLE], payments: Vec::new() }
    }
}

impl<K: Keeper> World<K> {
    pub(in super::super) fn take_automatic(&mut self, step: AutomaticStep) -> bool {
        match step {
            AutomaticStep::Agree { person, day_max } => {
                self.automatic.agreements[person].day_max = day_max.map(hkd);
                true
            }
            AutomaticStep::Pay { person, to, amount, bank } => {
                let payment = Tried { person, to, amount, is_paid: false, counted: None };
                self.automatic.payments.push(payment);
                self.pay_once(self.automatic.payments.len() - 1, bank)
            }
            AutomaticStep::Again { payment, bank } => {
                let payments = self.automatic.payments.len();
                payments > 0 && self.pay_once(payment % payments, bank)
            }
        }
    }

    fn pay_once(&mut self, index: usize, bank: Bank) -> bool {
        let Tried { person, to, amount, is_paid, .. } = self.automatic.payments[index];
        let is_paid = is_paid
            || match to {
                Payee::Person(to) => {
                    let payment = self.peer_payment(person, self.people[to], amount);
                    let made = self.submit(index, &payment, bank);
                    made.iter().for_each(|(made, told)| self.keep_sent(made, told));
                    made.is_some()
                }
                Payee::Shop(shop) => {
                    let shop = self.shops[shop];
                    let payment = self.payment(person, shop, [amount, 0], None);
                    let made = self.submit(index, &payment, bank);
                    self.payments.extend(made.iter().map(|(made, _)| (made.payment_id(), shop)));
                    made.is_some()
                }
            };
        self.automatic.payments[index].is_paid = is_paid;
        is_paid
    }

    fn submit<D: Decide + Clone>(
        &mut self,
        index: usize,
        payment: &D,
        bank: Bank,
    ) -> Option<(D::Record, Vec<Announcement>)> {
        let Tried { person, amount, .. } = self.automatic.payments[index];
        match self.decide(payment) {
            Ok(done) => return Some(done),
            Err(refusal) if refusal != INSUFFICIENT_FUNDS => return None,
            Err(_) => self.automatic.agreements[person].day_max?,
        };
        let (payer, amount) = (self.people[person], hkd(amount));
        self.decide(&Rehearsal { payment: payment.clone(), payer, amount }).ok()?;
        let has_come = self.bring_in(index, payer, bank) == OperationState::Completed;
        has_come.then(|| self.decide(payment).ok()).flatten()
    }

    fn bring_in(&mut self, index: usize, payer: UserId, bank: Bank) -> OperationState {
        let now = self.books.now;
        let Tried { person, amount, ref counted, .. } = self.automatic.payments[index];
        let before = counted.as_ref().map(|counted| self.used(counted));
        let available = self.books.account(payer.uuid()).unwrap().available();
        let funds = Funds { available, on_the_way: self.on_the_way(index, person, now) };
        let agreement = self.automatic.agreements[person];
        let (amount, agreement) = match missing(agreement, before.as_ref(), hkd(amount), funds, now)
        {
            Missing::Bring(lacking, agreement) => (lacking, agreement),
            Missing::Nothing => return OperationState::Completed,
            Missing::Patience => return OperationState::Pending,
            Missing::TooMuch => return OperationState::Failed,
        };
        let used_on = agreement.used_on;
        let used =
            AutomaticUse { fingerprint: Vec::new(), amount, used_on, used_at: now, state: None };
        self.automatic.agreements[person] = agreement;
        let wanted =
            TopUp { user_id: payer, amount, method: TopUpMethod::Instant, is_instructed: true };
        let begun = (bank != Bank::IsNotReached).then(|| self.decide(&wanted));
        if let Some(Err(_)) = begun {
            self.automatic.agreements[person] = agreement.without(&used);
            self.automatic.payments[index].counted = None;
            return OperationState::Failed;
        }
        let top_up_id = begun.and_then(Result::ok).map(|(top_up, _)| top_up.top_up_id());
        self.automatic.payments[index].counted =
            Some(Counted { used, top_up: top_up_id.map(TopUpId::uuid) });
        self.debits.extend(top_up_id);
        let outcome = match bank {
            Bank::Gives => TopUpEnd::Given(amount),
            Bank::Refuses => TopUpEnd::Refused,
            Bank::SaysNothing | Bank::IsNotReached => return OperationState::Pending,
        };
        let told = EndTopUp { top_up_id: top_up_id.unwrap(), outcome, by: Voice::Bank };
        self.decide(&told).unwrap().0.state
    }

    fn used(&self, counted: &Counted) -> AutomaticUse {
        let state = counted.top_up.map(|id| self.books.operation(id).unwrap().state);
        AutomaticUse { state, ..counted.used.clone() }
    }

    fn on_the_way(&self, index: usize, person: usize, now: OffsetDateTime) -> i64 {
        let waits = |used: &AutomaticUse| match used.state {
            None => used.used_at > now - BEGUN_WITHIN,
            Some(state) => state == OperationState::Pending && used.used_at >= now - Duration::HOUR,
        };
        let all = self.automatic.payments.iter().enumerate();
        let others = all.filter(|(other, found)| *other != index && found.person == person);
        let used = others.filter_map(|(_, found)| found.counted.as_ref().map(|it| self.used(it)));
        used.filter(waits).map(|used| used.amount.minor_units()).sum()
    }

    /// What is counted of this person's day.
    pub(in super::super) fn brought_in(&self, person: usize) -> i64 {
        let AutomaticTopUp { used_on, used, .. } = self.automatic.agreements[person];
        if used_on == day(self.books.now) { used } else { 0 }
    }
}
