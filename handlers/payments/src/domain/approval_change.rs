//! Whether a shop can be paid from some moment on, and who says so.

use time::OffsetDateTime;

use super::source::Source;

/// One line of a shop's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApprovalChange {
    /// From then on.
    pub(crate) is_approved: bool,
    pub(crate) source: Source,
    pub(crate) at: OffsetDateTime,
}
