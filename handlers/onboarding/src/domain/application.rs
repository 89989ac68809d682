//! An application as a state machine: `README.md` of this service draws it.
//!
//! Whatever happens to an application is an [`Act`], and [`Application::act`] is the only way in
//! which one changes. It answers the [`Step`] that the store writes to the trail in the same
//! statement list, so that no step is without its line.

mod due;

use time::{Date, Duration, OffsetDateTime};
use values::{
    ApplicationId, BusinessId, DocumentId, Proposal, Refusal, StaffId, StaffRole, UserId,
};

use super::act::{Act, Deed, Elapsed, Step, Verdict};
use super::refusals::{
    APPLICATION_CLOSED, APPLICATION_NOT_CHANGEABLE, CLAIMED_BY_ANOTHER, DOCUMENT_MISSING, NO_FILES,
    NOT_AWAITING_RELEASE, NOT_CLAIMED, NOT_IN_REVIEW, ONLY_APPROVED_OR_REJECTED, REASONS_MISSING,
};
use super::status::{ApplicationKind, ApplicationStatus, Finding};

/// How long a reviewer has an application for themselves.
pub(crate) const CLAIM_LASTS: Duration = Duration::minutes(30);

/// A reviewer at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) by: StaffId,
    pub(crate) until: OffsetDateTime,
}

/// An application. What the applicant has said of themselves is not here but sealed beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Application {
    pub(crate) id: ApplicationId,
    pub(crate) kind: ApplicationKind,
    pub(crate) user_id: UserId,
    /// Of a business only.
    pub(crate) business_id: Option<BusinessId>,
    pub(crate) status: ApplicationStatus,
    /// It was approved, and is looked at again since a list has changed.
    pub(crate) is_recheck: bool,
    /// Counts the changes, from 1.
    pub(crate) version: u32,
    pub(crate) findings: Vec<Finding>,
    /// The newest; those before it no longer count.
    pub(crate) document_id: Option<DocumentId>,
    /// The newest of the lists with which its names were compared last. It stands for all that
    /// counted then.
    pub(crate) list_version: Option<u32>,
    pub(crate) claim: Option<Claim>,
    /// Who would approve it, while another one must agree.
    pub(crate) proposal: Option<(StaffId, OffsetDateTime)>,
    /// The last day of the document, in Hong Kong; none if it has no end.
    pub(crate) expires_on: Option<Date>,
    /// Whether its owner was told of that.
    pub(crate) is_reminded: bool,
    /// Whether what was uploaded and said is still there.
    pub(crate) has_files: bool,
    /// What was uploaded and said is kept, whatever the rule says.
    pub(crate) is_held: bool,
    /// Deleting it has begun: nobody can hold it any more.
    pub(crate) is_let_go: bool,
    /// Of this status; of a draft, of its last change.
    pub(crate) since: OffsetDateTime,
}

impl Application {
    /// A draft, and the first line of its trail.
    pub(crate) fn begin(
        kind: ApplicationKind,
        user_id: UserId,
        business_id: Option<BusinessId>,
        at: OffsetDateTime,
    ) -> (Self, Step) {
        let application = Self {
            id: ApplicationId::new(),
            kind,
            user_id,
            business_id,
            status: ApplicationStatus::Draft,
            is_recheck: false,
            version: 1,
            findings: Vec::new(),
            document_id: None,
            list_version: None,
            claim: None,
            proposal: None,
            expires_on: None,
            is_reminded: false,
            has_files: true,
            is_held: false,
            is_let_go: false,
            since: at,
        };
        let to = ApplicationStatus::Draft;
        (application, Step { deed: Deed::Begin, from: None, to, findings: Vec::new() })
    }

    /// Whether one member of staff is not enough to approve it.
    pub(crate) fn needs_four_eyes(&self) -> bool {
        self.kind == ApplicationKind::Business
            || self.is_recheck
            || self.findings.contains(&Finding::ScreeningHit)
    }

    /// As its applicant sees it: of four eyes, and of a list that has changed, they learn nothing.
    pub(crate) fn shown_status(&self) -> ApplicationStatus {
        if self.is_recheck {
            ApplicationStatus::Approved
        } else if self.status == ApplicationStatus::AwaitingRelease {
            ApplicationStatus::InReview
        } else {
            self.status
        }
    }

    /// What the applicant is told of the reasons.
    pub(crate) fn shown_findings(&self) -> Vec<Finding> {
        use ApplicationStatus::{Approved, NeedsMore, Rejected};
        let is_shown = matches!(self.status, NeedsMore | Rejected | Approved);
        self.findings.iter().copied().filter(|finding| is_shown && finding.is_told()).collect()
    }

    /// Whether its names are compared with each list that comes.
    pub(crate) const fn is_screened(&self) -> bool {
        use ApplicationStatus::{Approved, AwaitingRelease, InReview};
        matches!(self.status, Approved | AwaitingRelease | InReview)
    }

    /// Whether it stands for its applicant: they are who they say, for all that is known.
    pub(crate) fn is_in_force(&self) -> bool {
        self.status == ApplicationStatus::Approved || self.is_recheck
    }

    /// Whether the number of its document is known again by it: while it is under way, and once it
    /// was approved, since the document was theirs. What came to nothing says nothing of a number.
    pub(crate) const fn keeps_number(&self) -> bool {
        use ApplicationStatus::{Abandoned, Rejected, Withdrawn};
        !matches!(self.status, Rejected | Withdrawn | Abandoned)
    }

    /// Does what an act does, or refuses it and stays as it is.
    pub(crate) fn act(&mut self, act: &Act, at: OffsetDateTime) -> Result<Step, Refusal> {
        let mut next = self.clone();
        next.status = next.take(act, at)?;
        let is_moved = next.status != self.status;
        if is_moved {
            next.claim = None;
        }
        // What belongs to a status goes with it.
        let waits = next.status == ApplicationStatus::AwaitingRelease;
        next.proposal = next.proposal.filter(|_| waits);
        next.is_recheck &= waits || next.status == ApplicationStatus::InReview;
        if is_moved || act.is_of_applicant() {
            next.since = at;
        }
        if act.is_change() {
            next.version = next.version.saturating_add(1);
        }
        let from = Some(self.status);
        *self = next;
        let findings = self.findings.clone();
        Ok(Step { deed: act.deed(), from, to: self.status, findings })
    }

    /// Everything of an act but what all acts have in common; answers the new status.
    fn take(&mut self, act: &Act, at: OffsetDateTime) -> Result<ApplicationStatus, Refusal> {
        match act {
            Act::Change | Act::Announce(_) | Act::Submit => self.take_of_applicant(act),
            Act::Withdraw => {
                let is_open = self.status.is_open() && !self.is_recheck;
                if is_open { Ok(ApplicationStatus::Withdrawn) } else { Err(APPLICATION_CLOSED) }
            }
            Act::Check(verdict, list_version) => self.take_verdict(verdict, *list_version),
            Act::Time(elapsed) => self.take_time(*elapsed, at),
            Act::Screened { list_version, is_hit } => self.take_screening(*list_version, *is_hit),
            Act::ArriveLate if self.is_let_go => {
                self.has_files = true;
                Ok(self.status)
            }
            Act::ArriveLate => Err(APPLICATION_NOT_CHANGEABLE),
            Act::Replace if self.is_in_force() => Ok(ApplicationStatus::Replaced),
            Act::Replace => Err(APPLICATION_CLOSED),
            Act::Claim(by) => {
                self.require(ApplicationStatus::InReview, NOT_IN_REVIEW)?;
                if self.claim.is_some_and(|claim| claim.by != *by && claim.until > at) {
                    return Err(CLAIMED_BY_ANOTHER);
                }
                self.claim = Some(Claim { by: *by, until: at.saturating_add(CLAIM_LASTS) });
                Ok(self.status)
            }
            Act::Approve(by, _) | Act::Reject(by, _) | Act::AskAgain(by, _) => {
                self.require_claimed(*by, at)?;
                self.take_decision(act, at)
            }
            Act::Release(by, roles) => {
                let proposal = self.require_proposal()?;
                proposal.require_approvable(*by, roles, StaffRole::Reviewer, at)?;
                Ok(self.approved())
            }
            Act::Return(by, roles) => {
                let proposal = self.require_proposal()?;
                proposal.require_rejectable(*by, roles, StaffRole::Reviewer)?;
                Ok(ApplicationStatus::InReview)
            }
            Act::Hold(true) if self.is_let_go || !self.has_files => Err(NO_FILES),
            Act::Hold(is_held) => {
                self.is_held = *is_held;
                Ok(self.status)
            }
            Act::Look | Act::LookAtDocument => Ok(self.status),
        }
    }

    fn take_of_applicant(&mut self, act: &Act) -> Result<ApplicationStatus, Refusal> {
        if !self.status.is_changeable() {
            return Err(APPLICATION_NOT_CHANGEABLE);
        }
        if let Act::Announce(document_id) = act {
            self.document_id = Some(*document_id);
        }
        if *act != Act::Submit {
            return Ok(self.status);
        }
        self.document_id.ok_or(DOCUMENT_MISSING)?;
        self.findings.clear();
        Ok(ApplicationStatus::Reading)
    }

    fn take_verdict(
        &mut self,
        verdict: &Verdict,
        list_version: Option<u32>,
    ) -> Result<ApplicationStatus, Refusal> {
        self.require(ApplicationStatus::Reading, APPLICATION_NOT_CHANGEABLE)?;
        self.list_version = list_version;
        match verdict {
            Verdict::Approve { expires_on } => {
                self.expires_on = *expires_on;
                Ok(self.approved())
            }
            Verdict::Review { findings, expires_on } => {
                self.findings.clone_from(findings);
                self.expires_on = *expires_on;
                Ok(ApplicationStatus::InReview)
            }
            Verdict::Again { findings } => Ok(self.again(findings.clone())),
        }
    }

    fn take_decision(
        &mut self,
        act: &Act,
        at: OffsetDateTime,
    ) -> Result<ApplicationStatus, Refusal> {
        if let Act::Approve(by, expires_on) = act {
            // Of another day than they know their owner is told again.
            self.is_reminded &= self.expires_on == *expires_on;
            self.expires_on = *expires_on;
            if !self.needs_four_eyes() {
                return Ok(self.approved());
            }
            self.proposal = Some((*by, at));
            return Ok(ApplicationStatus::AwaitingRelease);
        }
        if let Act::Reject(_, findings) = act
            && !findings.is_empty()
        {
            self.findings.clone_from(findings);
            return Ok(ApplicationStatus::Rejected);
        }
        if let Act::AskAgain(_, findings) = act
            && findings.iter().any(|finding| finding.is_told())
        {
            if self.is_recheck {
                return Err(ONLY_APPROVED_OR_REJECTED);
            }
            return Ok(self.again(findings.clone()));
        }
        Err(REASONS_MISSING)
    }

    fn take_time(
        &mut self,
        elapsed: Elapsed,
        at: OffsetDateTime,
    ) -> Result<ApplicationStatus, Refusal> {
        // Another has come first, or the clock that called was ahead.
        if self.due().is_none_or(|(due_at, due)| due != elapsed || due_at > at) {
            return Err(APPLICATION_NOT_CHANGEABLE);
        }
        match elapsed {
            Elapsed::Abandoned => Ok(ApplicationStatus::Abandoned),
            Elapsed::NothingReceived => Ok(self.again(vec![Finding::DocumentNotReceived])),
            Elapsed::Unreleased => Ok(ApplicationStatus::InReview),
            Elapsed::EndsSoon => {
                self.is_reminded = true;
                self.findings = vec![Finding::DocumentExpiresSoon];
                Ok(self.status)
            }
            Elapsed::Ended => {
                self.findings = vec![Finding::DocumentExpired];
                Ok(ApplicationStatus::Expired)
            }
            Elapsed::KeptLongEnough => {
                self.is_let_go = true;
                Ok(self.status)
            }
            Elapsed::LetGo => {
                self.has_files = false;
                Ok(self.status)
            }
        }
    }

    /// A hit brings an approval into question, and a release that waits back to a reviewer.
    fn take_screening(
        &mut self,
        list_version: u32,
        is_hit: bool,
    ) -> Result<ApplicationStatus, Refusal> {
        if !self.is_screened() {
            return Err(APPLICATION_CLOSED);
        }
        self.list_version = Some(list_version);
        self.findings.retain(|finding| *finding != Finding::NotScreened);
        if !is_hit {
            return Ok(self.status);
        }
        if self.status == ApplicationStatus::Approved {
            self.is_recheck = true;
            self.findings.clear();
        }
        if !self.findings.contains(&Finding::ScreeningHit) {
            self.findings.push(Finding::ScreeningHit);
        }
        Ok(ApplicationStatus::InReview)
    }

    fn approved(&mut self) -> ApplicationStatus {
        self.findings.clear();
        ApplicationStatus::Approved
    }

    /// The documents before no longer count.
    fn again(&mut self, findings: Vec<Finding>) -> ApplicationStatus {
        self.findings = findings;
        self.document_id = None;
        ApplicationStatus::NeedsMore
    }

    fn require(&self, status: ApplicationStatus, otherwise: Refusal) -> Result<(), Refusal> {
        if self.status == status { Ok(()) } else { Err(otherwise) }
    }

    fn require_claimed(&self, by: StaffId, at: OffsetDateTime) -> Result<(), Refusal> {
        self.require(ApplicationStatus::InReview, NOT_IN_REVIEW)?;
        let is_own = self.claim.is_some_and(|claim| claim.by == by && claim.until > at);
        if is_own { Ok(()) } else { Err(NOT_CLAIMED) }
    }

    fn require_proposal(&self) -> Result<Proposal, Refusal> {
        self.require(ApplicationStatus::AwaitingRelease, NOT_AWAITING_RELEASE)?;
        let (proposed_by, proposed_at) = self.proposal.ok_or(NOT_AWAITING_RELEASE)?;
        Ok(Proposal { proposed_by, proposed_at, is_decided: false })
    }
}

#[cfg(test)]
mod tests;
