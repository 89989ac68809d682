//! How members of staff decide a dispute: one proposes, another agrees or drops it.

use time::OffsetDateTime;
use uuid::Uuid;
use values::{Operator, Proposal, Reason, Refusal, StaffId, StaffRole, code_enum};

code_enum! {
    /// What became of a ruling.
    pub(crate) enum RulingStatus {
        /// It waits for another member of staff, for a day.
        Proposed = "proposed",
        /// Another has agreed: the dispute is decided.
        Approved = "approved",
        /// It was dropped, by whoever proposed it or by another.
        Rejected = "rejected",
    }
}

/// What somebody of the staff proposes, or has decided with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ruling {
    pub(crate) id: Uuid,
    /// Whether the payer is right.
    pub(crate) upheld: bool,
    /// Why, for both sides.
    pub(crate) reason: Reason,
    pub(crate) status: RulingStatus,
    pub(crate) proposed_by: StaffId,
    /// As the token named them.
    pub(crate) proposer: Operator,
    pub(crate) proposed_at: OffsetDateTime,
    pub(crate) decided_by: Option<StaffId>,
    pub(crate) decider: Option<Operator>,
    pub(crate) decided_at: Option<OffsetDateTime>,
}

impl Ruling {
    pub(crate) fn proposed(
        upheld: bool,
        reason: Reason,
        proposed_by: StaffId,
        proposer: Operator,
        proposed_at: OffsetDateTime,
    ) -> Self {
        Self {
            id: Uuid::now_v7(),
            upheld,
            reason,
            status: RulingStatus::Proposed,
            proposed_by,
            proposer,
            proposed_at,
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
        Ok(self.decided(RulingStatus::Approved, by, name, now))
    }

    /// A reviewer, or whoever proposed it, drops it.
    pub(crate) fn reject(
        &self,
        (by, name): (StaffId, Operator),
        roles: &[StaffRole],
        now: OffsetDateTime,
    ) -> Result<Self, Refusal> {
        self.proposal().require_rejectable(by, roles, StaffRole::Reviewer)?;
        Ok(self.decided(RulingStatus::Rejected, by, name, now))
    }

    /// Whether this person has decided it so.
    pub(crate) fn was_decided(&self, status: RulingStatus, by: StaffId) -> bool {
        self.status == status && self.decided_by == Some(by)
    }

    pub(super) fn waits(&self, now: OffsetDateTime) -> bool {
        self.status == RulingStatus::Proposed && self.proposal().expires_at() > now
    }

    /// Whether the same person has proposed the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        (self.upheld, &self.reason, self.proposed_by)
            == (other.upheld, &other.reason, other.proposed_by)
    }

    /// For the rule of four eyes.
    fn proposal(&self) -> Proposal {
        Proposal {
            proposed_by: self.proposed_by,
            proposed_at: self.proposed_at,
            is_decided: self.status != RulingStatus::Proposed,
        }
    }

    fn decided(
        &self,
        status: RulingStatus,
        by: StaffId,
        name: Operator,
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
