//! Cases that people open with support: who of staff has one, and how it ends.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::{ConversationId, Refusal, StaffId, SupportCaseId, UserId, code_enum};

use super::refusals::{
    SUPPORT_CASE_CLAIMED, SUPPORT_CASE_CLOSED, SUPPORT_CASE_NOT_CLAIMED, SUPPORT_CASES_THROTTLED,
    TOO_LATE_TO_REOPEN, TOO_MANY_SUPPORT_CASES,
};
use super::{CaseNumber, CaseSubject};

/// Cases of one person that are open at once.
pub(crate) const OPEN_MAX: usize = 5;
/// Cases that one person may open in a [`WINDOW`].
pub(crate) const OPENED_MAX: usize = 10;
pub(crate) const WINDOW: Duration = Duration::DAY;
/// How long after it was closed a case is opened again.
pub(crate) const REOPENABLE: Duration = Duration::days(14);
/// How long after its last act in the case a member of staff still has it: who went home keeps
/// nobody waiting.
pub(crate) const CLAIM_LASTS: Duration = Duration::hours(8);
/// How long what was said is kept after a case was closed.
pub(crate) const CASE_KEPT: Duration = Duration::days(365);

/// Whoever of staff answers does so under this id, which no person has.
pub(crate) const SUPPORT: UserId = UserId::from_uuid(Uuid::nil());

code_enum! {
    /// What a case is about, as the customer sees it.
    pub(crate) enum SupportCategory {
        /// Money that was paid or received.
        Payment = "payment",
        /// Money that is to come back.
        Refund = "refund",
        /// A payment to a shop that the customer disputes.
        Dispute = "dispute",
        /// Money from or to a bank.
        Bank = "bank",
        /// The account, or who the customer is.
        Account = "account",
        /// Somebody else may use the account, or deceives the customer.
        Security = "security",
        /// Something else.
        Other = "other",
    }
}

code_enum! {
    /// How a case stands.
    pub(crate) enum SupportStatus {
        /// Nobody of staff has it.
        Open = "open",
        /// A member of staff has it.
        InProgress = "in-progress",
        /// It has an outcome.
        Closed = "closed",
    }
}

code_enum! {
    /// How a case ended.
    pub(crate) enum SupportOutcome {
        /// What was asked for was done, or the question was answered.
        Resolved = "resolved",
        /// What was asked for is not done, and why was said.
        Declined = "declined",
        /// Something else decides it, such as a dispute.
        PassedOn = "passed-on",
        /// The customer did not answer.
        Unanswered = "unanswered",
    }
}

code_enum! {
    /// What a member of staff did with a case.
    pub(crate) enum SupportDeed {
        /// They read what was said.
        Read = "read",
        /// They got a link to a picture in it.
        SawPicture = "saw-picture",
        /// They took it on.
        Claimed = "claimed",
        /// They answered.
        Answered = "answered",
        /// They closed it.
        Closed = "closed",
    }
}

/// Who of staff has a case, and since when they have done nothing in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) staff_id: StaffId,
    pub(crate) acted_at: OffsetDateTime,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SupportCase {
    pub(crate) id: SupportCaseId,
    pub(crate) number: CaseNumber,
    pub(crate) conversation_id: ConversationId,
    pub(crate) user_id: UserId,
    pub(crate) category: SupportCategory,
    pub(crate) subject: Option<CaseSubject>,
    pub(crate) claim: Option<Claim>,
    pub(crate) outcome: Option<SupportOutcome>,
    pub(crate) opened_at: OffsetDateTime,
    /// Since when the customer waits for an answer; none if the last word was staff's.
    pub(crate) waits_since: Option<OffsetDateTime>,
    pub(crate) closed_at: Option<OffsetDateTime>,
}

/// Whether somebody may open one more, who has so many open ones and has opened others at these
/// times, the oldest first.
pub(crate) fn require_room(
    open: usize,
    opened_lately: &[OffsetDateTime],
    now: OffsetDateTime,
) -> Result<(), Refusal> {
    if open >= OPEN_MAX {
        return Err(TOO_MANY_SUPPORT_CASES);
    }
    match opened_lately.first() {
        Some(first) if opened_lately.len() >= OPENED_MAX => {
            let over_at = first.saturating_add(WINDOW).unix_timestamp();
            let seconds = over_at.saturating_sub(now.unix_timestamp()).max(1);
            Err(SUPPORT_CASES_THROTTLED.for_seconds(seconds.unsigned_abs()))
        }
        Some(_) | None => Ok(()),
    }
}

impl SupportCase {
    pub(crate) const fn status(&self) -> SupportStatus {
        match (self.closed_at, self.claim) {
            (Some(_), _) => SupportStatus::Closed,
            (None, Some(_)) => SupportStatus::InProgress,
            (None, None) => SupportStatus::Open,
        }
    }

    /// Until when its customer may open it again; none while it is open.
    pub(crate) fn reopenable_until(&self) -> Option<OffsetDateTime> {
        self.closed_at.map(|at| at.saturating_add(REOPENABLE))
    }

    /// A member of staff takes it on, or again once they have lost it to anybody; whether they did
    /// not have it. Nobody takes it from whoever is at it.
    pub(crate) fn claim(&mut self, by: StaffId, now: OffsetDateTime) -> Result<bool, Refusal> {
        self.require_open()?;
        match self.claim.filter(|claim| now < claim.acted_at.saturating_add(CLAIM_LASTS)) {
            Some(claim) if claim.staff_id == by => Ok(false),
            Some(_) => Err(SUPPORT_CASE_CLAIMED),
            None => {
                self.claim = Some(Claim { staff_id: by, acted_at: now });
                Ok(true)
            }
        }
    }

    /// Whoever has it has answered.
    pub(crate) fn answer(&mut self, by: StaffId, now: OffsetDateTime) -> Result<(), Refusal> {
        self.require_open()?;
        if self.claim.is_none_or(|claim| claim.staff_id != by) {
            return Err(SUPPORT_CASE_NOT_CLAIMED);
        }
        self.claim = Some(Claim { staff_id: by, acted_at: now });
        self.waits_since = None;
        Ok(())
    }

    /// Whoever has it closes it, with a last word.
    pub(crate) fn close(
        &mut self,
        by: StaffId,
        outcome: SupportOutcome,
        now: OffsetDateTime,
    ) -> Result<(), Refusal> {
        self.answer(by, now)?;
        (self.outcome, self.closed_at, self.claim) = (Some(outcome), Some(now), None);
        Ok(())
    }

    /// Its customer opens it again, for anybody of staff; whether it was closed.
    pub(crate) fn reopen(&mut self, now: OffsetDateTime) -> Result<bool, Refusal> {
        let Some(until) = self.reopenable_until() else { return Ok(false) };
        if now > until {
            return Err(TOO_LATE_TO_REOPEN);
        }
        (self.outcome, self.closed_at, self.waits_since) = (None, None, Some(now));
        Ok(true)
    }

    const fn require_open(&self) -> Result<(), Refusal> {
        if self.closed_at.is_some() { Err(SUPPORT_CASE_CLOSED) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn case() -> SupportCase {
        SupportCase {
            id: SupportCaseId::new(),
            number: CaseNumber::of(1),
            conversation_id: ConversationId::new(),
            user_id: UserId::new(),
            category: SupportCategory::Payment,
            subject: None,
            claim: None,
            outcome: None,
            opened_at: NOW,
            waits_since: Some(NOW),
            closed_at: None,
        }
    }

    #[test]
    fn whoever_has_it_answers_and_closes_it_and_its_customer_opens_it_again_for_two_weeks() {
        let (mut case, [one, other]) = (case(), [StaffId::new(), StaffId::new()]);
        assert_eq!(case.answer(one, NOW), Err(SUPPORT_CASE_NOT_CLAIMED));
        assert_eq!((case.claim(one, NOW), case.claim(one, NOW)), (Ok(true), Ok(false)));
        assert_eq!(case.answer(other, NOW), Err(SUPPORT_CASE_NOT_CLAIMED));
        assert_eq!((case.answer(one, NOW), case.waits_since), (Ok(()), None));
        assert_eq!(case.status(), SupportStatus::InProgress);
        assert_eq!(case.reopen(NOW), Ok(false));
        assert_eq!(case.close(other, SupportOutcome::Resolved, NOW), Err(SUPPORT_CASE_NOT_CLAIMED));
        case.close(one, SupportOutcome::Resolved, NOW).unwrap();
        assert_eq!((case.status(), case.waits_since), (SupportStatus::Closed, None));
        assert_eq!(case.claim(one, NOW), Err(SUPPORT_CASE_CLOSED));
        assert_eq!(case.answer(one, NOW), Err(SUPPORT_CASE_CLOSED));
        let late = NOW + REOPENABLE + Duration::SECOND;
        assert_eq!(case.reopen(late), Err(TOO_LATE_TO_REOPEN));
        assert_eq!(case.reopen(NOW + REOPENABLE), Ok(true));
        assert_eq!((case.status(), case.outcome), (SupportStatus::Open, None));
        assert_eq!(case.waits_since, Some(NOW + REOPENABLE));
    }

    #[test]
    fn nobody_takes_a_case_from_whoever_is_at_it_and_anybody_eight_hours_later() {
        let (mut case, [one, other]) = (case(), [StaffId::new(), StaffId::new()]);
        case.claim(one, NOW).unwrap();
        case.answer(one, NOW + Duration::HOUR).unwrap();
        let free = NOW + Duration::HOUR + CLAIM_LASTS;
        assert_eq!(case.claim(other, free - Duration::SECOND), Err(SUPPORT_CASE_CLAIMED));
        assert_eq!(case.claim(other, free), Ok(true));
        assert_eq!(case.answer(one, free), Err(SUPPORT_CASE_NOT_CLAIMED));
        // Who comes back to their own has it as long as anybody.
        let free_again = free + CLAIM_LASTS;
        assert_eq!(case.claim(other, free_again - Duration::SECOND), Ok(false));
        assert_eq!(case.claim(other, free_again), Ok(true));
        assert_eq!(case.claim(one, free_again + Duration::SECOND), Err(SUPPORT_CASE_CLAIMED));
    }

    #[test]
    fn five_cases_are_open_at_once_and_ten_are_opened_in_a_day() {
        assert_eq!(require_room(OPEN_MAX - 1, &[], NOW), Ok(()));
        assert_eq!(require_room(OPEN_MAX, &[], NOW), Err(TOO_MANY_SUPPORT_CASES));
        let lately = [NOW; OPENED_MAX];
        assert_eq!(require_room(0, &lately[1..], NOW), Ok(()));
        let refused = require_room(0, &lately, NOW + Duration::hours(23)).unwrap_err();
        assert_eq!(refused, SUPPORT_CASES_THROTTLED.for_seconds(3600));
    }
}
