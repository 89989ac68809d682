//! On whose word something was done to money, and why.

use serde::Deserialize;
use utoipa::ToSchema;
use values::{Operator, Reason};

/// An operator's word. It is kept with what was done.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Word {
    /// The name with which the operator is signed in to Azure.
    pub(crate) operator: Operator,
    /// A case number, the bank's reference, the call that was taken.
    pub(crate) reason: Reason,
}
