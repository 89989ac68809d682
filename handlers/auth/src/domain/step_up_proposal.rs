//! Rules of step-up that staff have proposed.

use time::OffsetDateTime;
use values::{Proposal, Reason, StaffId, StepUpPolicyId, StepUpRule, code_enum};

code_enum! {
    /// What has become of proposed rules.
    pub(crate) enum StepUpPolicyStatus {
        /// They wait for another administrator.
        Proposed = "proposed",
        /// They hold, unless a later version was approved.
        Approved = "approved",
        /// Somebody stopped them.
        Rejected = "rejected",
    }
}

/// Rules that one administrator has proposed, and what has become of them.
pub(crate) struct StepUpProposal {
    pub(crate) policy_id: StepUpPolicyId,
    /// None unless it was approved.
    pub(crate) version: Option<u32>,
    /// The version that the proposer had before them.
    pub(crate) replaces_version: u32,
    pub(crate) rules: Vec<StepUpRule>,
    pub(crate) reason: Reason,
    pub(crate) proposed_by: StaffId,
    pub(crate) proposed_at: OffsetDateTime,
    pub(crate) decided_by: Option<StaffId>,
    pub(crate) decided_at: Option<OffsetDateTime>,
}

impl StepUpProposal {
    pub(crate) const fn status(&self) -> StepUpPolicyStatus {
        match (self.version, self.decided_at) {
            (Some(_), _) => StepUpPolicyStatus::Approved,
            (None, Some(_)) => StepUpPolicyStatus::Rejected,
            (None, None) => StepUpPolicyStatus::Proposed,
        }
    }

    /// What is decided about it.
    pub(crate) const fn proposal(&self) -> Proposal {
        let (proposed_by, proposed_at) = (self.proposed_by, self.proposed_at);
        Proposal { proposed_by, proposed_at, is_decided: self.decided_at.is_some() }
    }
}
