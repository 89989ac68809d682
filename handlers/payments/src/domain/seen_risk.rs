//! What the graph has seen in an account, as it tells it.

use events::graph::RiskReasonV1;
use values::AccountRisk;

/// How an account looks; of most nothing was ever told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SeenRisk {
    pub(crate) risk: AccountRisk,
    /// For reviewers alone: whoever it is about would know what to do otherwise next time.
    pub(crate) reasons: Vec<RiskReasonV1>,
}
