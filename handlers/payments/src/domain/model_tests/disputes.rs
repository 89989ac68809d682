//! Disputes of payments to shops, in the simple model; `in_books` has the real ones.

mod in_books;

use proptest::prelude::*;
use time::{Duration, OffsetDateTime};

use super::{Model, amount, nth};

/// A payment is disputed, and what was taken of it is answered, for so long.
const DISPUTED_FOR: Duration = Duration::days(120);
const ANSWERED_FOR: Duration = Duration::days(7);
const TRIED_EACH: Duration = Duration::HOUR;
const RULED_FOR: Duration = Duration::DAY;
/// Of one payment, and of one person in a day.
const OF_PAYMENT: usize = 3;
const IN_A_DAY: usize = 10;
const STAFF: usize = 3;
/// The others also decide what is proposed.
const ONLY_PROPOSES: usize = 0;

/// What people, shops and staff do about payments. Disputes are named by the order in which they
/// came.
#[derive(Debug, Clone, Copy)]
pub(super) enum DisputeStep {
    Open { payment: usize, amount: i64 },
    Accept { dispute: usize },
    Contest { dispute: usize, is_polite: bool },
    Withdraw { dispute: usize },
    Propose { dispute: usize, staff: usize, upheld: bool },
    Decide { dispute: usize, staff: usize, is_approved: bool },
    Time { dispute: usize },
    Wait { days: i64 },
}

pub(super) fn step() -> impl Strategy<Value = DisputeStep> {
    let (dispute, staff) = (0..3_usize, 0..STAFF);
    prop_oneof![
        6 => (0..8_usize, amount())
            .prop_map(|(payment, amount)| DisputeStep::Open { payment, amount }),
        2 => dispute.clone().prop_map(|dispute| DisputeStep::Accept { dispute }),
        5 => (dispute.clone(), any::<bool>())
            .prop_map(|(dispute, is_polite)| DisputeStep::Contest { dispute, is_polite }),
        1 => dispute.clone().prop_map(|dispute| DisputeStep::Withdraw { dispute }),
        6 => (dispute.clone(), staff.clone(), any::<bool>())
            .prop_map(|(dispute, staff, upheld)| DisputeStep::Propose { dispute, staff, upheld }),
        8 => (dispute.clone(), staff, prop::bool::weighted(0.75)).prop_map(
            |(dispute, staff, is_approved)| DisputeStep::Decide { dispute, staff, is_approved }
        ),
        3 => dispute.prop_map(|dispute| DisputeStep::Time { dispute }),
        2 => prop_oneof![7 => 1..9_i64, 1 => 1..130_i64]
            .prop_map(|days| DisputeStep::Wait { days }),
    ]
}

impl DisputeStep {
    /// The same of what there is.
    fn among(mut self, payments: usize, disputes: usize) -> Self {
        match &mut self {
            Self::Open { payment, .. } => *payment = nth(*payment, payments),
            Self::Accept { dispute }
            | Self::Contest { dispute, .. }
            | Self::Withdraw { dispute }
            | Self::Propose { dispute, .. }
            | Self::Decide { dispute, .. }
            | Self::Time { dispute } => *dispute = nth(*dispute, disputes),
            Self::Wait { .. } => {}
        }
        self
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Open,
    Reviewed,
    /// The payer is right, and has not got the money.
    Owed,
    Refunded,
    Rejected,
    Withdrawn,
}

/// What somebody of the staff wants.
struct Wish {
    by: usize,
    upheld: bool,
    at: OffsetDateTime,
    /// Who has agreed or not, once somebody has.
    decided: Option<(usize, bool)>,
}

/// What the model knows of a dispute.
pub(super) struct Disputed {
    payment: usize,
    person: usize,
    amount: i64,
    /// What was left of the payment when it was disputed.
    left: i64,
    opened_at: OffsetDateTime,
    stage: Stage,
    /// What the shop has said.
    answer: Option<bool>,
    wish: Option<Wish>,
    tried_at: OffsetDateTime,
    /// Whether a refund of its own has ended it.
    has_refund: bool,
}

impl Disputed {
    fn may_end(&self) -> bool {
        matches!(self.stage, Stage::Open | Stage::Reviewed)
    }
}

impl Model {
    pub(super) fn take_dispute(&mut self, step: DisputeStep, now: OffsetDateTime) -> bool {
        match step.among(self.payments.len(), self.disputes.len()) {
            DisputeStep::Open { payment, amount } => self.dispute(payment, amount, now),
            DisputeStep::Accept { dispute } => {
                let Some(found) = self.disputes.get(dispute) else { return false };
                if found.may_end() || found.stage == Stage::Owed {
                    self.repay(dispute, now);
                    return true;
                }
                found.stage == Stage::Refunded
            }
            DisputeStep::Contest { dispute, is_polite } => {
                let Some(found) = self.disputes.get_mut(dispute) else { return false };
                if found.stage == Stage::Open && now < found.opened_at + ANSWERED_FOR {
                    (found.stage, found.answer) = (Stage::Reviewed, Some(is_polite));
                }
                // Saying it twice is saying it once.
                found.stage == Stage::Reviewed && found.answer == Some(is_polite)
            }
            DisputeStep::Withdraw { dispute } => {
                let Some(found) = self.disputes.get_mut(dispute) else { return false };
                if found.may_end() {
                    found.stage = Stage::Withdrawn;
                }
                found.stage == Stage::Withdrawn
            }
            DisputeStep::Propose { dispute, staff, upheld } => {
                let Some(found) = self.disputes.get_mut(dispute) else { return false };
                if found.stage != Stage::Reviewed {
                    return false;
                }
                let waits = |wish: &&Wish| wish.decided.is_none() && now < wish.at + RULED_FOR;
                match found.wish.as_ref().filter(waits) {
                    Some(wish) => (wish.by, wish.upheld) == (staff, upheld),
                    None => {
                        found.wish = Some(Wish { by: staff, upheld, at: now, decided: None });
                        true
                    }
                }
            }
            DisputeStep::Decide { dispute, staff, is_approved } => {
                self.rule(dispute, staff, is_approved, now)
            }
            DisputeStep::Time { dispute } => {
                let Some(found) = self.disputes.get_mut(dispute) else { return false };
                if found.stage == Stage::Open && now >= found.opened_at + ANSWERED_FOR {
                    found.stage = Stage::Reviewed;
                } else if found.stage == Stage::Owed && now >= found.tried_at + TRIED_EACH {
                    self.repay(dispute, now);
                }
                true
            }
            DisputeStep::Wait { .. } => true,
        }
    }

    fn dispute(&mut self, payment: usize, amount: i64, now: OffsetDateTime) -> bool {
        let Some(paid) = self.payments.get(payment) else { return false };
        let (person, left) = (paid.person, paid.left);
        let before = self.disputes.iter().filter(|found| found.payment == payment);
        let is_over = |found: &Disputed| matches!(found.stage, Stage::Refunded | Stage::Withdrawn);
        let own = self.disputes.iter().filter(|found| found.person == person);
        let may = amount <= left
            && !self.is_closed[person]
            && now - self.paid_at(payment) <= DISPUTED_FOR
            && before.clone().all(is_over)
            && before.count() < OF_PAYMENT
            && own.filter(|found| found.opened_at >= now - Duration::DAY).count() < IN_A_DAY;
        if may {
            self.disputes.push(Disputed {
                payment,
                person,
                amount,
                left,
                opened_at: now,
                stage: Stage::Open,
                answer: None,
                wish: None,
                tried_at: now,
                has_refund: false,
            });
        }
        may
    }

    fn rule(
        &mut self,
        dispute: usize,
        staff: usize,
        is_approved: bool,
        now: OffsetDateTime,
    ) -> bool {
        let Some(found) = self.disputes.get_mut(dispute) else { return false };
        let (stage, Some(wish)) = (found.stage, &mut found.wish) else { return false };
        if wish.decided.is_some() {
            let is_same = wish.decided == Some((staff, is_approved));
            if is_same && stage == Stage::Owed {
                self.repay(dispute, now);
            }
            return is_same;
        }
        let is_other = staff != wish.by;
        let may = if is_approved {
            is_other && staff != ONLY_PROPOSES && now < wish.at + RULED_FOR
        } else {
            !is_other || staff != ONLY_PROPOSES
        };
        if !may || stage != Stage::Reviewed {
            return false;
        }
        wish.decided = Some((staff, is_approved));
        match (is_approved, wish.upheld) {
            (true, true) => self.repay(dispute, now),
            (true, false) => found.stage = Stage::Rejected,
            (false, _) => {}
        }
        true
    }

    /// What the shop gave back since it was disputed counts.
    fn repay(&mut self, dispute: usize, now: OffsetDateTime) {
        let found = &self.disputes[dispute];
        let payment = found.payment;
        let owed = found.amount - (found.left - self.payments[payment].left);
        let has_refund = owed > 0 && self.give_back(payment, owed);
        let found = &mut self.disputes[dispute];
        found.stage = if has_refund || owed <= 0 { Stage::Refunded } else { Stage::Owed };
        (found.has_refund, found.tried_at) = (has_refund, now);
    }

    pub(super) fn disputes_something(&self, person: usize) -> bool {
        let own = self.disputes.iter().filter(|found| found.person == person);
        own.into_iter().any(|found| found.may_end() || found.stage == Stage::Owed)
    }

    /// Where each stands, and whether a refund of its own has ended it.
    pub(super) fn stages(&self) -> Vec<(&'static str, bool)> {
        let stage = |found: &Disputed| match found.stage {
            Stage::Open => "open",
            Stage::Reviewed => "under-review",
            Stage::Owed => "upheld",
            Stage::Refunded => "refunded",
            Stage::Rejected => "rejected",
            Stage::Withdrawn => "withdrawn",
        };
        self.disputes.iter().map(|found| (stage(found), found.has_refund)).collect()
    }
}
