//! A payer disputes a payment to a shop: the shop gives the money back, or two members of staff
//! decide. No money moves but by a refund.

use events::payments::DisputeChangedV1;
use time::{Duration, OffsetDateTime};
use values::{
    BusinessId, DisputeId, Money, Operator, PaymentId, Proposal, Reason, RefundId, Refusal,
    StaffId, Statement, UserId, code_enum,
};

use super::operation::Operation;
use super::payment_request::rfc3339;
use super::refusals::{
    DISPUTE_ENDED, DISPUTE_EXCEEDS_PAYMENT, DISPUTE_TOO_LATE, DISPUTE_UNDER_REVIEW,
    PAYMENT_NOT_CAPTURED, RULING_PROPOSED,
};
use super::shop::Shop;

/// How long after a payment it can be disputed.
pub(crate) const DISPUTABLE_FOR: Duration = Duration::days(120);
/// How long a shop has to answer before it is decided without it.
const ANSWERED_WITHIN: Duration = Duration::days(7);
/// After a refund that the shop had not the money for, until it is tried again.
const RETRIED_AFTER: Duration = Duration::hours(1);

code_enum! {
    /// Why the payer wants the money back.
    pub(crate) enum DisputeReason {
        /// What was paid for was not received.
        NotReceived = "not-received",
        /// It is not what was promised.
        NotAsDescribed = "not-as-described",
        /// The same was paid twice.
        Duplicate = "duplicate",
        /// More was paid than was agreed.
        WrongAmount = "wrong-amount",
        /// The payer did not make the payment.
        NotMine = "not-mine",
    }
}

code_enum! {
    /// Where a dispute stands.
    pub(crate) enum DisputeStatus {
        /// The shop has seven days to answer.
        Open = "open",
        /// The shop contests it, or has not answered; staff decide.
        UnderReview = "under-review",
        /// The payer is right. The refund follows at once, or when the shop has the money.
        Upheld = "upheld",
        /// The payer has the money back.
        Refunded = "refunded",
        /// The payer is not right.
        Rejected = "rejected",
        /// The payer took it back.
        Withdrawn = "withdrawn",
    }
}

/// What somebody of the staff has decided, or proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ruling {
    /// Whether the payer is right.
    pub(crate) upheld: bool,
    /// Why, for both sides.
    pub(crate) words: Reason,
    pub(crate) proposed_by: StaffId,
    pub(crate) proposer: Operator,
    pub(crate) proposed_at: OffsetDateTime,
    /// Who has agreed.
    pub(crate) decider: Option<Operator>,
    pub(crate) decided_at: Option<OffsetDateTime>,
}

impl Ruling {
    /// For the rule of four eyes.
    pub(crate) fn proposal(&self) -> Proposal {
        Proposal {
            proposed_by: self.proposed_by,
            proposed_at: self.proposed_at,
            is_decided: self.decider.is_some(),
        }
    }

    fn is_waiting(&self, now: OffsetDateTime) -> bool {
        let life = Duration::seconds(Proposal::VALID_SECONDS);
        self.decider.is_none() && self.proposed_at.saturating_add(life) > now
    }
}

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
    pub(crate) fn accept(self, now: OffsetDateTime) -> Result<Self, Refusal> {
        match self.status {
            DisputeStatus::Open | DisputeStatus::UnderReview => Ok(self.upheld(now)),
            // What it says twice it says once.
            DisputeStatus::Upheld | DisputeStatus::Refunded => Ok(self),
            DisputeStatus::Rejected | DisputeStatus::Withdrawn => Err(DISPUTE_ENDED),
        }
    }

    /// The shop says why it does not.
    pub(crate) fn contest(self, answer: Statement) -> Result<Self, Refusal> {
        match self.status {
            DisputeStatus::Open => Ok(self.under_review(Some(answer))),
            DisputeStatus::UnderReview if self.answer.as_ref() == Some(&answer) => Ok(self),
            DisputeStatus::UnderReview => Err(DISPUTE_UNDER_REVIEW),
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

    /// A member of staff proposes how it should end. One proposal waits at a time, so that whoever
    /// agrees agrees to what they have read.
    pub(crate) fn propose(self, ruling: Ruling, now: OffsetDateTime) -> Result<Self, Refusal> {
        self.require_under_review()?;
        if self.ruling.as_ref().is_some_and(|ruling| ruling.is_waiting(now)) {
            return Err(RULING_PROPOSED);
        }
        Ok(Self { ruling: Some(ruling), ..self.changed() })
    }

    /// Nobody agrees to what was proposed.
    pub(crate) fn drop_proposal(self) -> Result<Self, Refusal> {
        self.require_under_review()?;
        Ok(Self { ruling: None, ..self.changed() })
    }

    /// Another member of staff agrees to a ruling.
    pub(crate) fn rule(
        self,
        ruling: Ruling,
        decider: Operator,
        now: OffsetDateTime,
    ) -> Result<Self, Refusal> {
        self.require_under_review()?;
        let upheld = ruling.upheld;
        let ruling = Ruling { decider: Some(decider), decided_at: Some(now), ..ruling };
        let ruled = Self { ruling: Some(ruling), ..self };
        let rejected = DisputeStatus::Rejected;
        Ok(if upheld { ruled.upheld(now) } else { ruled.ended(rejected, now) })
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
            answer_by: (self.status == DisputeStatus::Open)
                .then(|| self.due_at.map(rfc3339))
                .flatten(),
        }
    }

    fn require_under_review(&self) -> Result<(), Refusal> {
        (self.status == DisputeStatus::UnderReview).then_some(()).ok_or(DISPUTE_ENDED)
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

    use super::super::literal_books::{NOW, hkd};
    use super::super::operation::Side;
    use super::super::operation_kind::OperationKind;
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

    fn ruling(upheld: bool) -> Ruling {
        Ruling {
            upheld,
            words: "Delivery is not shown.".to_owned().try_into().unwrap(),
            proposed_by: StaffId::new(),
            proposer: operator(),
            proposed_at: NOW,
            decider: None,
            decided_at: None,
        }
    }

    fn operator() -> Operator {
        "chan.sm@example.com".to_owned().try_into().unwrap()
    }

    /// A dispute in each status.
    fn in_each_status() -> Vec<Dispute> {
        let open = open(&payment(), 10_000, NOW).unwrap();
        let reviewed = open.clone().leave_to_review();
        vec![
            open.clone(),
            reviewed.clone(),
            open.clone().accept(NOW).unwrap(),
            open.clone().accept(NOW).unwrap().refunded(Some(RefundId::new()), NOW),
            reviewed.rule(ruling(false), operator(), NOW).unwrap(),
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
            after(|dispute| dispute.accept(NOW)),
            [upheld, upheld, upheld, refunded, ended, ended]
        );
        assert_eq!(
            after(|dispute| dispute.contest(words("It was delivered."))),
            [reviewed, Err("dispute-under-review"), ended, ended, ended, ended]
        );
        assert_eq!(
            after(|dispute| dispute.withdraw(NOW)),
            [withdrawn, withdrawn, ended, ended, ended, withdrawn]
        );
        assert_eq!(
            after(|dispute| dispute.rule(ruling(true), operator(), NOW)),
            [ended, upheld, ended, ended, ended, ended]
        );
        assert_eq!(
            after(|dispute| dispute.propose(ruling(true), NOW)),
            [ended, reviewed, ended, ended, ended, ended]
        );
    }

    #[test]
    fn one_proposal_waits_at_a_time_until_it_is_dropped_or_a_day_has_passed() {
        let reviewed = open(&payment(), 1, NOW).unwrap().leave_to_review();
        let proposed = reviewed.propose(ruling(true), NOW).unwrap();
        let again = |now| proposed.clone().propose(ruling(false), now).map(|_| ());
        assert_eq!(again(NOW), Err(RULING_PROPOSED));
        assert_eq!(again(NOW.saturating_add(Duration::days(1))), Ok(()));
        let dropped = proposed.drop_proposal().unwrap();
        assert!(dropped.propose(ruling(false), NOW).is_ok());
    }
}
