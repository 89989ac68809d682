//! A payer disputes a payment to a shop: the shop gives the money back, or two members of staff
//! decide. No money moves but by a refund.

use events::payments::DisputeChangedV1;
use time::{Duration, OffsetDateTime};
use values::{BusinessId, DisputeId, Money, PaymentId, RefundId, Refusal, Statement, UserId};

use super::dispute_status::{DisputeReason, DisputeStatus};
use super::operation::Operation;
use super::payment_request::rfc3339;
use super::refusals::{
    DISPUTE_ENDED, DISPUTE_EXCEEDS_PAYMENT, DISPUTE_EXISTS, DISPUTE_NOT_UNDER_REVIEW,
    DISPUTE_TOO_LATE, DISPUTE_UNDER_REVIEW, PAYMENT_NOT_CAPTURED, RULING_NOT_PROPOSED,
    RULING_PROPOSED, TOO_MANY_DISPUTES,
};
use super::ruling::Ruling;
use super::shop::Shop;
use super::staff_decision::DecisionStatus;

/// How long after a payment it can be disputed.
pub(crate) const DISPUTABLE_FOR: Duration = Duration::days(120);
/// How long a shop has to answer before it is decided without it.
const ANSWERED_WITHIN: Duration = Duration::days(7);
/// How often a payment is disputed, whatever became of it: a shop is not to be worn down.
const OF_PAYMENT_MAX: usize = 3;
/// How many disputes a payer opens within a day.
pub(crate) const A_DAY_MAX: u64 = 10;
/// After a refund that the shop had not the money for, until it is tried again.
const RETRIED_AFTER: Duration = Duration::hours(1);

/// A dispute, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dispute {
    pub(crate) id: DisputeId,
    pub(crate) payment_id: PaymentId,
    pub(crate) payer: UserId,
    pub(crate) business_id: BusinessId,
    /// What the payer wants back.
    pub(crate) amount: Money,
    /// What was refunded of the payment when it was disputed, in minor units: what the shop gives
    /// back from then on counts towards the amount.
    pub(crate) refunded_before: i64,
    pub(crate) reason: DisputeReason,
    pub(crate) statement: Statement,
    /// What the shop says.
    pub(crate) answer: Option<Statement>,
    /// Who gave in for the shop: the refund is theirs.
    pub(crate) accepted_by: Option<UserId>,
    pub(crate) status: DisputeStatus,
    /// Counts the changes from 1 on.
    pub(crate) version: u32,
    pub(crate) opened_at: OffsetDateTime,
    /// Of an open one, when the shop's time is over; of one that was upheld, when the refund is
    /// tried. No other has it.
    pub(crate) due_at: Option<OffsetDateTime>,
    pub(crate) ended_at: Option<OffsetDateTime>,
    pub(crate) refund_id: Option<RefundId>,
    pub(crate) ruling: Option<Ruling>,
}

impl Dispute {
    /// Whether another can be opened after those that the payment has had, by who has opened
    /// so many within a day.
    pub(crate) fn require_another(before: &[Self], recent: u64) -> Result<(), Refusal> {
        let blocks = |dispute: &Self| match dispute.status {
            DisputeStatus::Open | DisputeStatus::UnderReview | DisputeStatus::Upheld => true,
            // What was decided is not decided again.
            DisputeStatus::Rejected => true,
            DisputeStatus::Refunded | DisputeStatus::Withdrawn => false,
        };
        if before.iter().any(blocks) {
            return Err(DISPUTE_EXISTS);
        }
        let is_too_often = before.len() >= OF_PAYMENT_MAX || recent >= A_DAY_MAX;
        if is_too_often { Err(TOO_MANY_DISPUTES) } else { Ok(()) }
    }

    /// A new one of a payment by its payer.
    pub(crate) fn open(
        payment: &Operation,
        amount: Money,
        reason: DisputeReason,
        statement: Statement,
        now: OffsetDateTime,
    ) -> Result<Self, Refusal> {
        let paid = payment.moved.ok_or(PAYMENT_NOT_CAPTURED)?;
        if now > payment.created_at.saturating_add(DISPUTABLE_FOR) {
            return Err(DISPUTE_TOO_LATE);
        }
        let left = paid.minor_units().saturating_sub(payment.refunded);
        if amount.minor_units() > left {
            return Err(DISPUTE_EXCEEDS_PAYMENT);
        }
        Ok(Self {
            id: DisputeId::new(),
            payment_id: payment.payment_id(),
            payer: UserId::from_uuid(payment.from.account_id),
            business_id: BusinessId::from_uuid(payment.to.account_id),
            amount,
            refunded_before: payment.refunded,
            reason,
            statement,
            answer: None,
            accepted_by: None,
            status: DisputeStatus::Open,
            version: 1,
            opened_at: now,
            due_at: Some(now.saturating_add(ANSWERED_WITHIN)),
            ended_at: None,
            refund_id: None,
            ruling: None,
        })
    }

    /// The shop gives the money back.
    pub(crate) fn accept(self, by: UserId, now: OffsetDateTime) -> Result<Self, Refusal> {
        match self.status {
            DisputeStatus::Open | DisputeStatus::UnderReview => {
                Ok(Self { accepted_by: Some(by), ..self.upheld(now) })
            }
            // What it says twice it says once.
            DisputeStatus::Upheld | DisputeStatus::Refunded => Ok(self),
            DisputeStatus::Rejected | DisputeStatus::Withdrawn => Err(DISPUTE_ENDED),
        }
    }

    /// The shop says why it does not. Once its time is over it says nothing more, whether or not
    /// the timer has written that.
    pub(crate) fn contest(self, answer: Statement, now: OffsetDateTime) -> Result<Self, Refusal> {
        match self.status {
            DisputeStatus::Open if self.due_at.is_some_and(|due_at| due_at > now) => {
                Ok(self.under_review(Some(answer)))
            }
            DisputeStatus::UnderReview if self.answer.as_ref() == Some(&answer) => Ok(self),
            DisputeStatus::Open | DisputeStatus::UnderReview => Err(DISPUTE_UNDER_REVIEW),
            DisputeStatus::Upheld
            | DisputeStatus::Refunded
            | DisputeStatus::Rejected
            | DisputeStatus::Withdrawn => Err(DISPUTE_ENDED),
        }
    }

    /// The shop's time to answer is over.
    pub(crate) fn leave_to_review(self) -> Self {
        self.under_review(None)
    }

    /// The payer takes it back.
    pub(crate) fn withdraw(self, now: OffsetDateTime) -> Result<Self, Refusal> {
        match self.status {
            DisputeStatus::Open | DisputeStatus::UnderReview => {
                Ok(self.ended(DisputeStatus::Withdrawn, now))
            }
            DisputeStatus::Withdrawn => Ok(self),
            DisputeStatus::Upheld | DisputeStatus::Refunded | DisputeStatus::Rejected => {
                Err(DISPUTE_ENDED)
            }
        }
    }

    /// A member of staff proposes how it should end. One proposal waits at a time; who proposes the
    /// same again has proposed it once.
    pub(crate) fn propose(self, ruling: Ruling, now: OffsetDateTime) -> Result<Self, Refusal> {
        self.require_under_review()?;
        match self.ruling.as_ref().filter(|ruling| ruling.decision.waits(now)) {
            Some(waiting) if waiting.is_same(&ruling) => Ok(self),
            Some(_) => Err(RULING_PROPOSED),
            None => Ok(Self { ruling: Some(ruling), ..self.changed() }),
        }
    }

    /// What was proposed or decided last.
    pub(crate) fn require_ruling(&self) -> Result<&Ruling, Refusal> {
        self.ruling.as_ref().ok_or(RULING_NOT_PROPOSED)
    }

    /// Somebody of the staff has agreed to a ruling, or dropped it.
    pub(crate) fn rule(self, ruling: Ruling, now: OffsetDateTime) -> Result<Self, Refusal> {
        self.require_under_review()?;
        let (status, upheld) = (ruling.decision.status, ruling.upheld);
        let ruled = Self { ruling: Some(ruling), ..self };
        Ok(match (status, upheld) {
            (DecisionStatus::Approved, true) => ruled.upheld(now),
            (DecisionStatus::Approved, false) => ruled.ended(DisputeStatus::Rejected, now),
            (DecisionStatus::Proposed | DecisionStatus::Rejected, _) => ruled.changed(),
        })
    }

    /// The payer has the money back, by this refund or by others.
    pub(crate) fn refunded(self, refund_id: Option<RefundId>, now: OffsetDateTime) -> Self {
        Self { refund_id, ..self.ended(DisputeStatus::Refunded, now) }
    }

    /// The shop has not the money, or is stopped.
    pub(crate) fn retried_later(self, now: OffsetDateTime) -> Self {
        Self { due_at: Some(now.saturating_add(RETRIED_AFTER)), ..self }
    }

    /// What others are told: how it stands now.
    pub(crate) fn changed_event(&self, shop: &Shop) -> DisputeChangedV1 {
        DisputeChangedV1 {
            dispute_id: self.id.to_string(),
            version: self.version,
            payment_id: self.payment_id.to_string(),
            payer_user_id: self.payer.to_string(),
            business_id: self.business_id.to_string(),
            owner_user_id: shop.owner_user_id.to_string(),
            shop_name: shop.shop_name.clone(),
            amount: self.amount.minor_units(),
            currency: self.amount.currency().code().to_owned(),
            reason: self.reason.code().to_owned(),
            status: self.status.code().to_owned(),
            is_answered: self.answer.is_some(),
            answer_before: (self.status == DisputeStatus::Open)
                .then(|| self.due_at.map(rfc3339))
                .flatten(),
        }
    }

    fn require_under_review(&self) -> Result<(), Refusal> {
        let is_so = self.status == DisputeStatus::UnderReview;
        is_so.then_some(()).ok_or(DISPUTE_NOT_UNDER_REVIEW)
    }

    fn under_review(self, answer: Option<Statement>) -> Self {
        Self { answer, status: DisputeStatus::UnderReview, due_at: None, ..self.changed() }
    }

    fn upheld(self, now: OffsetDateTime) -> Self {
        Self { status: DisputeStatus::Upheld, due_at: Some(now), ..self.changed() }
    }

    fn ended(self, status: DisputeStatus, now: OffsetDateTime) -> Self {
        Self { status, due_at: None, ended_at: Some(now), ..self.changed() }
    }

    fn changed(self) -> Self {
        Self { version: self.version.saturating_add(1), ..self }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;
    use values::{OperationKind, StaffId};

    use super::super::literal_books::{NOW, hkd};
    use super::super::operation::Side;
    use super::super::staff_decision::StaffDecision;
    use super::*;

    fn payment() -> Operation {
        let side = |name: &str| Side { account_id: Uuid::now_v7(), name: name.to_owned() };
        let sides = [side("陳大文"), side("永記茶餐廳")];
        let id = PaymentId::new().uuid();
        Operation::completed(id, OperationKind::Payment, sides, hkd(10_000), NOW)
    }

    fn words(text: &str) -> Statement {
        text.to_owned().try_into().unwrap()
    }

    fn open(payment: &Operation, cents: i64, now: OffsetDateTime) -> Result<Dispute, Refusal> {
        let reason = DisputeReason::NotReceived;
        Dispute::open(payment, hkd(cents), reason, words("It never came."), now)
    }

    fn ruling(upheld: bool, status: DecisionStatus) -> Ruling {
        let operator = "chan.sm@example.com".to_owned().try_into().unwrap();
        let reason = "Delivery is not shown.".to_owned().try_into().unwrap();
        let proposed = StaffDecision::proposed(reason, (StaffId::new(), operator), NOW);
        Ruling::new(upheld, StaffDecision { status, ..proposed })
    }

    /// A dispute in each status.
    fn in_each_status() -> Vec<Dispute> {
        let open = open(&payment(), 10_000, NOW).unwrap();
        let reviewed = open.clone().leave_to_review();
        vec![
            open.clone(),
            reviewed.clone(),
            open.clone().accept(UserId::new(), NOW).unwrap(),
            open.clone().accept(UserId::new(), NOW).unwrap().refunded(Some(RefundId::new()), NOW),
            reviewed.rule(ruling(false, DecisionStatus::Approved), NOW).unwrap(),
            open.withdraw(NOW).unwrap(),
        ]
    }

    #[test]
    fn what_was_paid_and_not_refunded_is_disputed_for_120_days() {
        let mut payment = payment();
        payment.refunded = 4_000;
        let last = NOW.saturating_add(DISPUTABLE_FOR);
        assert!(open(&payment, 6_000, last).is_ok());
        assert_eq!(open(&payment, 6_001, NOW), Err(DISPUTE_EXCEEDS_PAYMENT));
        let late = last.saturating_add(Duration::seconds(1));
        assert_eq!(open(&payment, 1, late), Err(DISPUTE_TOO_LATE));
        payment.moved = None;
        assert_eq!(open(&payment, 1, NOW), Err(PAYMENT_NOT_CAPTURED));
    }

    #[test]
    fn only_what_is_undecided_is_decided_and_each_change_has_its_own_version() {
        use DisputeStatus::{Open, Refunded, Rejected, UnderReview, Upheld, Withdrawn};
        let after = |step: fn(Dispute) -> Result<Dispute, Refusal>| -> Vec<_> {
            let steps = in_each_status().into_iter().map(|dispute| {
                let (before, version) = (dispute.clone(), dispute.version);
                let after = step(dispute).map_err(|refusal| refusal.code())?;
                assert_eq!(after.version, version + u32::from(after != before));
                Ok((after.status, after.due_at.is_some(), after.ended_at.is_some()))
            });
            steps.collect()
        };
        let all = [Open, UnderReview, Upheld, Refunded, Rejected, Withdrawn];
        let statuses: Vec<_> = in_each_status().iter().map(|dispute| dispute.status).collect();
        assert_eq!(statuses, all);
        let (ended, upheld) = (Err("dispute-ended"), Ok((Upheld, true, false)));
        let (refunded, reviewed) = (Ok((Refunded, false, true)), Ok((UnderReview, false, false)));
        let withdrawn = Ok((Withdrawn, false, true));
        assert_eq!(
            after(|dispute| dispute.accept(UserId::new(), NOW)),
            [upheld, upheld, upheld, refunded, ended, ended]
        );
        assert_eq!(
            after(|dispute| dispute.contest(words("It was delivered."), NOW)),
            [reviewed, Err("dispute-under-review"), ended, ended, ended, ended]
        );
        assert_eq!(
            after(|dispute| dispute.withdraw(NOW)),
            [withdrawn, withdrawn, ended, ended, ended, withdrawn]
        );
        let elsewhere = Err("dispute-not-under-review");
        assert_eq!(
            after(|dispute| dispute.rule(ruling(true, DecisionStatus::Approved), NOW)),
            [elsewhere, upheld, elsewhere, elsewhere, elsewhere, elsewhere]
        );
        assert_eq!(
            after(|dispute| dispute.propose(ruling(true, DecisionStatus::Proposed), NOW)),
            [elsewhere, reviewed, elsewhere, elsewhere, elsewhere, elsewhere]
        );
    }

    #[test]
    fn a_shop_answers_until_its_time_is_over_whatever_the_timer_has_done() {
        let open = open(&payment(), 1, NOW).unwrap();
        let due_at = open.due_at.unwrap();
        let answer = |now| open.clone().contest(words("It was delivered."), now).map(|_| ());
        assert_eq!(answer(due_at.saturating_sub(Duration::microseconds(1))), Ok(()));
        assert_eq!(answer(due_at), Err(DISPUTE_UNDER_REVIEW));
    }

    #[test]
    fn a_payment_is_disputed_once_at_a_time_and_three_times_in_all() {
        for dispute in in_each_status() {
            let is_free =
                matches!(dispute.status, DisputeStatus::Refunded | DisputeStatus::Withdrawn);
            let expected = if is_free { Ok(()) } else { Err(DISPUTE_EXISTS) };
            assert_eq!(Dispute::require_another(&[dispute], 9), expected);
        }
        let withdrawn = open(&payment(), 1, NOW).unwrap().withdraw(NOW).unwrap();
        let before = |count| vec![withdrawn.clone(); count];
        assert_eq!(Dispute::require_another(&before(2), 0), Ok(()));
        assert_eq!(Dispute::require_another(&before(3), 0), Err(TOO_MANY_DISPUTES));
        assert_eq!(Dispute::require_another(&[], A_DAY_MAX), Err(TOO_MANY_DISPUTES));
    }

    #[test]
    fn one_proposal_waits_at_a_time_until_it_is_dropped_or_a_day_has_passed() {
        let reviewed = open(&payment(), 1, NOW).unwrap().leave_to_review();
        let first = ruling(true, DecisionStatus::Proposed);
        let proposed = reviewed.propose(first.clone(), NOW).unwrap();
        assert_eq!(proposed.clone().propose(first.clone(), NOW), Ok(proposed.clone()));
        let other = || ruling(false, DecisionStatus::Proposed);
        let again = |now| proposed.clone().propose(other(), now).map(|_| ());
        assert_eq!(again(NOW), Err(RULING_PROPOSED));
        assert_eq!(again(NOW.saturating_add(Duration::days(1))), Ok(()));
        let mut dropped = first;
        dropped.decision.status = DecisionStatus::Rejected;
        assert!(proposed.rule(dropped, NOW).unwrap().propose(other(), NOW).is_ok());
    }
}
