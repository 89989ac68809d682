//! Payments, between people or by FPS, that a rule of step-up holds for a reviewer, and how they
//! end, in the simple model and in the real books.

use std::sync::Arc;

use proptest::prelude::*;
use time::{Duration, OffsetDateTime};
use values::{GuardedAct, HeldPaymentId, RuleAnswer, StaffId, StepUpPolicy, StepUpRule};

use super::{Keeper, Model, OUTSIDE, World, nth};
use crate::domain::held_payment::Review;
use crate::domain::operations::{EndHeldPayment, HeldPaymentEnd};

const REVIEWED_FOR: Duration = Duration::hours(72);

/// Which payments to people or by FPS are held: from so much on; or, of payees who are new to
/// whoever pays, from so much on that all of them were given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    from: i64,
    is_of_new: bool,
}

/// Payments that were held are named by the order in which they came.
#[derive(Debug, Clone, Copy)]
pub(super) enum HeldStep {
    Hold {
        rule: Option<Rule>,
    },
    Release {
        payment: usize,
    },
    Return {
        payment: usize,
    },
    /// What the timer does, also too early.
    Time {
        payment: usize,
    },
    /// Until its time is over, to the microsecond.
    WaitOut {
        payment: usize,
    },
}

pub(super) fn step() -> impl Strategy<Value = HeldStep> {
    let (from, payment) = (prop_oneof![1..300_i64, 1..30_000_i64], 0..4_usize);
    let rule = (from, any::<bool>()).prop_map(|(from, is_of_new)| Rule { from, is_of_new });
    prop_oneof![
        3 => prop::option::weighted(0.8, rule).prop_map(|rule| HeldStep::Hold { rule }),
        4 => payment.clone().prop_map(|payment| HeldStep::Release { payment }),
        2 => payment.clone().prop_map(|payment| HeldStep::Return { payment }),
        2 => payment.clone().prop_map(|payment| HeldStep::Time { payment }),
        1 => payment.prop_map(|payment| HeldStep::WaitOut { payment }),
    ]
}

impl HeldStep {
    /// The same of what there is.
    fn among(mut self, payments: usize) -> Self {
        match &mut self {
            Self::Release { payment }
            | Self::Return { payment }
            | Self::Time { payment }
            | Self::WaitOut { payment } => *payment = nth(*payment, payments),
            Self::Hold { .. } => {}
        }
        self
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Held,
    Released,
    /// By a reviewer, by time, or since the payee could not be paid any more.
    Returned,
    Overdue,
    Unpayable,
}

/// What waits.
#[derive(Debug, Clone, Copy)]
pub(super) enum Awaited {
    /// Its number among the payments between people, and among what counts towards limits.
    Sent { sent: usize, used: usize },
    /// Its number among what goes to banks.
    Outside(usize),
}

/// What the simple model knows of one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    what: Awaited,
    until: OffsetDateTime,
    stage: Stage,
}

impl Model {
    pub(super) fn take_held(&mut self, step: HeldStep, now: OffsetDateTime) -> bool {
        match step.among(self.held_payments.len()) {
            HeldStep::Hold { rule } => {
                self.rule = rule;
                true
            }
            HeldStep::Release { payment } => {
                let Some(held) = self.held_payments.get(payment).copied() else { return false };
                match (held.stage, held.what) {
                    (Stage::Held, _) if now >= held.until => return false,
                    (Stage::Held, what) if self.is_stopped(self.payer(what)) => return false,
                    (Stage::Held, Awaited::Sent { sent, .. }) => {
                        let [_, to] = self.sent[sent].sides;
                        if !self.takes(to) {
                            self.let_go(payment, Stage::Unpayable);
                        } else {
                            self.held_payments[payment].stage = Stage::Released;
                            self.receive(sent, now);
                        }
                    }
                    (Stage::Held, Awaited::Outside(withdrawal)) => {
                        self.held_payments[payment].stage = Stage::Released;
                        self.tell_bank(withdrawal, now);
                    }
                    // The same word again changes nothing.
                    (Stage::Released | Stage::Unpayable, _) => {}
                    (Stage::Returned | Stage::Overdue, _) => return false,
                }
                true
            }
            HeldStep::Return { payment } => {
                let Some(held) = self.held_payments.get(payment).copied() else { return false };
                if held.stage == Stage::Held {
                    self.let_go(payment, Stage::Returned);
                }
                self.held_payments[payment].stage == Stage::Returned
            }
            HeldStep::Time { payment } => {
                let Some(held) = self.held_payments.get(payment).copied() else { return false };
                if held.stage == Stage::Held && now >= held.until {
                    self.let_go(payment, Stage::Overdue);
                }
                true
            }
            HeldStep::WaitOut { payment } => payment < self.held_payments.len(),
        }
    }

    /// Whether a rule holds what would be paid now.
    pub(super) fn is_held_back(&self, sides: [usize; 2], amount: i64, now: OffsetDateTime) -> bool {
        let Some(Rule { from, is_of_new }) = self.rule else { return false };
        let [person, to] = sides;
        let yesterday = now - Duration::DAY;
        let paid_to = |payee: usize| -> Vec<(OffsetDateTime, i64)> {
            if payee == OUTSIDE {
                return self.begun_by_fps(person);
            }
            let paid = self.sent.iter().filter(|sent| sent.sides == [person, payee]);
            paid.filter_map(|sent| sent.paid_at.map(|at| (at, sent.amount))).collect()
        };
        let first_paid = |payee: usize| paid_to(payee).iter().map(|(at, _)| *at).min();
        let new = (0..=OUTSIDE).filter(|payee| first_paid(*payee).is_some_and(|at| at > yesterday));
        let given: i64 = new.flat_map(paid_to).map(|(_, amount)| amount).sum();
        let is_new = first_paid(to).is_none_or(|at| at > yesterday);
        if is_of_new { is_new && given + amount >= from } else { amount >= from }
    }

    pub(super) fn hold(&mut self, what: Awaited, now: OffsetDateTime) {
        let (until, stage) = (now + REVIEWED_FOR, Stage::Held);
        self.held_payments.push(Held { what, until, stage });
    }

    fn payer(&self, what: Awaited) -> usize {
        match what {
            Awaited::Sent { sent, .. } => self.sent[sent].sides[0],
            Awaited::Outside(withdrawal) => self.withdrawer(withdrawal),
        }
    }

    /// Whether this person's money is stopped, or more of it is held by law than there is.
    fn is_stopped(&self, person: usize) -> bool {
        let is_short = self.stopped[person].by_law > 0 && self.spendable(person) < 0;
        !self.gives(person) || is_short
    }

    /// The payer has it again, and has used nothing of any limit.
    fn let_go(&mut self, payment: usize, stage: Stage) {
        let held = &mut self.held_payments[payment];
        held.stage = stage;
        match held.what {
            Awaited::Sent { sent, used } => {
                let sent = &self.sent[sent];
                self.wallets[sent.sides[0]] += sent.amount;
                let used = &mut self.uses[used];
                (used.amount, used.is_counted) = (0, false);
            }
            Awaited::Outside(withdrawal) => self.pay_back(withdrawal),
        }
    }

    /// What is set aside of this person's money for other people.
    pub(super) fn reviewed(&self, person: usize) -> i64 {
        self.waiting_for_reviewers(|[payer, _]| payer == person)
    }

    /// What may come to this person, who knows nothing of it.
    pub(super) fn reviewed_for(&self, person: usize) -> i64 {
        self.waiting_for_reviewers(|[_, payee]| payee == person)
    }

    fn waiting_for_reviewers(&self, is_meant: impl Fn([usize; 2]) -> bool) -> i64 {
        let waiting = self.held_payments.iter().filter(|held| held.stage == Stage::Held);
        let sent = waiting.filter_map(|held| match held.what {
            Awaited::Sent { sent, .. } => Some(&self.sent[sent]),
            Awaited::Outside(_) => None,
        });
        sent.filter(|sent| is_meant(sent.sides)).map(|sent| sent.amount).sum()
    }

    /// Where each stands, and why it came back.
    pub(super) fn reviews(&self) -> Vec<(&'static str, Option<&'static str>)> {
        let review = |held: &Held| match held.stage {
            Stage::Held => ("held", None),
            Stage::Released => ("released", None),
            Stage::Returned => ("returned", Some("reviewer")),
            Stage::Overdue => ("returned", Some("overdue")),
            Stage::Unpayable => ("returned", Some("payee-unavailable")),
        };
        self.held_payments.iter().map(review).collect()
    }
}

impl<K: Keeper> World<K> {
    pub(super) fn take_held(&mut self, step: HeldStep) -> bool {
        match step.among(self.held_payments.len()) {
            HeldStep::Hold { rule } => {
                let rest = StepUpPolicy::allow_all().rules;
                let rules = rule.map(written).into_iter().chain(rest).collect();
                self.books.policy = Arc::new(StepUpPolicy { version: 7, rules });
                true
            }
            HeldStep::Release { payment } => {
                self.end_held(payment, HeldPaymentEnd::Released(review()))
            }
            HeldStep::Return { payment } => {
                self.end_held(payment, HeldPaymentEnd::Returned(review()))
            }
            HeldStep::Time { payment } => self.end_held(payment, HeldPaymentEnd::Overdue),
            HeldStep::WaitOut { payment } => {
                let Some(id) = self.held_payments.get(payment) else { return false };
                let held = self.books.operation(id.uuid()).unwrap();
                self.wait_until(held.expires_at)
            }
        }
    }

    fn end_held(&mut self, payment: usize, end: HeldPaymentEnd) -> bool {
        let Some(id) = self.held_payments.get(payment).copied() else { return false };
        let held = self.books.held_payment(id.uuid()).unwrap();
        let wanted = EndHeldPayment { id, payer: held.payer, payee: held.payee, end };
        let Ok((_, told)) = self.decide(&wanted) else { return false };
        let sent = self.sent.iter_mut().find(|sent| sent.id.uuid() == id.uuid());
        sent.into_iter().for_each(|sent| sent.hear(&told));
        true
    }

    pub(super) fn reviews(&self) -> Vec<(&'static str, Option<&'static str>)> {
        let review = |id: &HeldPaymentId| {
            let held = self.books.held_payment(id.uuid()).unwrap();
            (held.status.code(), held.returned_because.map(|cause| cause.code()))
        };
        self.held_payments.iter().map(review).collect()
    }
}

fn written(rule: Rule) -> StepUpRule {
    StepUpRule {
        acts: vec![GuardedAct::PeerPayment],
        answer: RuleAnswer::Hold,
        amount_at_least: Some(rule.from),
        day_total_at_least: None,
        is_new_device: None,
        is_new_payee: rule.is_of_new.then_some(true),
        first_paid_at_most: None,
        new_payees_at_least: None,
        account_risk_at_least: None,
        frozen_neighbours_at_least: None,
    }
}

fn review() -> Review {
    Review {
        by: StaffId::new(),
        name: "lee@example.com".to_owned().try_into().unwrap(),
        reason: "case 7".to_owned().try_into().unwrap(),
    }
}
