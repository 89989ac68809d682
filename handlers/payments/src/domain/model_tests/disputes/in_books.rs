//! Disputes in the real books: what use cases ask of them, in their order.

use time::{Duration, OffsetDateTime};
use values::{Reason, Refusal, StaffId, StaffRole, Statement, UserId};

use super::{DisputeStep, ONLY_PROPOSES};
use crate::domain::dispute::Dispute;
use crate::domain::dispute_status::{DisputeReason, DisputeStatus};
use crate::domain::model_tests::{Keeper, World};
use crate::domain::operations::RefundPayment;
use crate::domain::refusals::REFUND_NOT_DUE;
use crate::domain::ruling::Ruling;
use crate::domain::staff_decision::{DecisionStatus, StaffDecision};

impl<K: Keeper> World<K> {
    pub(in super::super) fn take_dispute(&mut self, step: DisputeStep) -> bool {
        let now = self.books.now;
        match step.among(self.payments.len(), self.disputes.len()) {
            DisputeStep::Open { payment, amount } => self.dispute(payment, amount),
            DisputeStep::Accept { dispute } => self.change_dispute(dispute, |dispute| {
                let by = dispute.payer;
                dispute.accept(by, now)
            }),
            DisputeStep::Contest { dispute, is_polite } => {
                let answer = if is_polite { "It was delivered, sorry." } else { "It was there." };
                self.change_dispute(dispute, |dispute| dispute.contest(words(answer), now))
            }
            DisputeStep::Withdraw { dispute } => {
                self.change_dispute(dispute, |dispute| dispute.withdraw(now))
            }
            DisputeStep::Propose { dispute, staff, upheld } => {
                let decision = StaffDecision::proposed(reason(), named(staff), now);
                self.change_dispute(dispute, |dispute| {
                    dispute.propose(Ruling::new(upheld, decision), now)
                })
            }
            DisputeStep::Decide { dispute, staff, is_approved } => {
                self.change_dispute(dispute, |dispute| rule(dispute, staff, is_approved, now))
            }
            DisputeStep::Time { dispute } => {
                let Some(found) = self.disputes.get(dispute) else { return false };
                let is_due = found.due_at.is_some_and(|due_at| due_at <= now);
                let step = |dispute: Dispute| {
                    let is_open = dispute.status == DisputeStatus::Open;
                    Ok(if is_open { dispute.leave_to_review() } else { dispute })
                };
                !is_due || self.change_dispute(dispute, step)
            }
            DisputeStep::Wait { days } => self.wait(Duration::days(days)),
        }
    }

    fn dispute(&mut self, payment: usize, amount: i64) -> bool {
        let Some((payment_id, _)) = self.payments.get(payment) else { return false };
        let now = self.books.now;
        let payment = self.books.operation(payment_id.uuid()).unwrap();
        let payer = payment.from.account_id;
        let before = self.disputes.iter().filter(|found| found.payment_id == *payment_id);
        let before: Vec<Dispute> = before.cloned().collect();
        let own = self.disputes.iter().filter(|found| found.payer.uuid() == payer);
        let recent = own.filter(|found| found.opened_at >= now - Duration::DAY).count();
        let wallet = self.books.account(payer).unwrap();
        let opened = wallet
            .require_not_closed()
            .and_then(|()| Dispute::require_another(&before, recent.try_into().unwrap()))
            .and_then(|()| {
                let amount = crate::domain::literal_books::hkd(amount);
                Dispute::open(payment, amount, DisputeReason::NotMine, words("Not me."), now)
            });
        let is_opened = opened.is_ok();
        self.disputes.extend(opened);
        is_opened
    }

    /// If the payer is right, the refund follows.
    fn change_dispute(
        &mut self,
        dispute: usize,
        step: impl FnOnce(Dispute) -> Result<Dispute, Refusal>,
    ) -> bool {
        let Some(before) = self.disputes.get(dispute).cloned() else { return false };
        let Ok(mut after) = step(before) else { return false };
        if after.status == DisputeStatus::Upheld {
            let refund = RefundPayment::of_dispute(&after, self.people[0]);
            after = match self.decide(&refund) {
                Ok((refund, _)) => after.refunded(Some(refund.refund_id()), self.books.now),
                Err(REFUND_NOT_DUE) => after.refunded(None, self.books.now),
                Err(_) => after.retried_later(self.books.now),
            };
        }
        self.disputes[dispute] = after;
        true
    }

    /// How many may still bring this person money.
    pub(in super::super) fn unsettled_disputes(&self, payer: UserId) -> usize {
        use DisputeStatus::{Open, UnderReview, Upheld};
        let own = self.disputes.iter().filter(|found| found.payer == payer);
        own.filter(|found| matches!(found.status, Open | UnderReview | Upheld)).count()
    }

    pub(in super::super) fn stages(&self) -> Vec<(&'static str, bool)> {
        let stage = |found: &Dispute| (found.status.code(), found.refund_id.is_some());
        self.disputes.iter().map(stage).collect()
    }
}

fn rule(
    dispute: Dispute,
    staff: usize,
    is_approved: bool,
    now: OffsetDateTime,
) -> Result<Dispute, Refusal> {
    let ruling = dispute.require_ruling()?.clone();
    let status = if is_approved { DecisionStatus::Approved } else { DecisionStatus::Rejected };
    let who = named(staff);
    if ruling.decision.was_decided(status, who.0) {
        return Ok(dispute);
    }
    let roles: &[StaffRole] =
        if staff == ONLY_PROPOSES { &[StaffRole::Operator] } else { StaffRole::ALL };
    let decision = if is_approved {
        ruling.decision.approve(who, roles, now)?
    } else {
        ruling.decision.reject(who, roles, now)?
    };
    dispute.rule(Ruling { decision, ..ruling }, now)
}

/// The same person each time.
fn named(staff: usize) -> (StaffId, values::Operator) {
    let id = StaffId::from_uuid(uuid::Uuid::from_u128(staff.try_into().unwrap()));
    (id, format!("staff{staff}@example.com").try_into().unwrap())
}

fn reason() -> Reason {
    "Delivery is not shown.".to_owned().try_into().unwrap()
}

fn words(text: &str) -> Statement {
    text.to_owned().try_into().unwrap()
}
