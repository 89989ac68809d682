//! What one member of staff proposes and another agrees to or drops: a release, a ruling.

use time::OffsetDateTime;
use values::{Operator, Proposal, Reason, Refusal, StaffId, StaffRole, code_enum};

code_enum! {
    /// What became of what was proposed.
    pub(crate) enum DecisionStatus {
        /// It waits for another member of staff; after a day it can no longer be approved.
        Proposed = "proposed",
        /// Another member of staff has agreed, and it was done.
        Approved = "approved",
        /// It was dropped, by whoever proposed it or by another.
        Rejected = "rejected",
    }
}

/// Who has proposed something and why, and who has decided about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StaffDecision {
    pub(crate) reason: Reason,
    pub(crate) status: DecisionStatus,
    pub(crate) proposed_by: StaffId,
    /// As the token named them.
    pub(crate) proposer: Operator,
    pub(crate) proposed_at: OffsetDateTime,
    pub(crate) decided_by: Option<StaffId>,
    pub(crate) decider: Option<Operator>,
    pub(crate) decided_at: Option<OffsetDateTime>,
}

impl StaffDecision {
    pub(crate) fn proposed(
        reason: Reason,
        (by, name): (StaffId, Operator),
        now: OffsetDateTime,
    ) -> Self {
        Self {
            reason,
            status: DecisionStatus::Proposed,
            proposed_by: by,
            proposer: name,
            proposed_at: now,
            decided_by: None,
            decider: None,
            decided_at: None,
        }
    }

    /// Another member of staff with these roles agrees.
    pub(crate) fn approve(
        &self,
        (by, name): (StaffId, Operator),
        roles: &[StaffRole],
        now: OffsetDateTime,
    ) -> Result<Self, Refusal> {
        self.proposal().require_approvable(by, roles, StaffRole::Reviewer, now)?;
        Ok(self.decided(DecisionStatus::Approved, (by, name), now))
    }

    /// A reviewer, or whoever proposed it, drops it.
    pub(crate) fn reject(
        &self,
        (by, name): (StaffId, Operator),
        roles: &[StaffRole],
        now: OffsetDateTime,
    ) -> Result<Self, Refusal> {
        self.proposal().require_rejectable(by, roles, StaffRole::Reviewer)?;
        Ok(self.decided(DecisionStatus::Rejected, (by, name), now))
    }

    /// Whether this person has decided it so: who was not answered asks again.
    pub(crate) fn was_decided(&self, status: DecisionStatus, by: StaffId) -> bool {
        self.status == status && self.decided_by == Some(by)
    }

    pub(crate) fn waits(&self, now: OffsetDateTime) -> bool {
        self.status == DecisionStatus::Proposed && self.expires_at() > now
    }

    /// Whether the same person has said the same.
    pub(crate) fn is_by_same(&self, by: StaffId, reason: &Reason) -> bool {
        self.proposed_by == by && self.reason == *reason
    }

    /// From then on it can no longer be approved.
    pub(crate) fn expires_at(&self) -> OffsetDateTime {
        self.proposal().expires_at()
    }

    /// For the rule of four eyes.
    fn proposal(&self) -> Proposal {
        Proposal {
            proposed_by: self.proposed_by,
            proposed_at: self.proposed_at,
            is_decided: self.status != DecisionStatus::Proposed,
        }
    }

    fn decided(
        &self,
        status: DecisionStatus,
        (by, name): (StaffId, Operator),
        now: OffsetDateTime,
    ) -> Self {
        Self {
            status,
            decided_by: Some(by),
            decider: Some(name),
            decided_at: Some(now),
            ..self.clone()
        }
    }
}
