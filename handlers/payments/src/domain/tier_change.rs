//! How well a wallet's owner is known from some moment on, and who says so.

use time::OffsetDateTime;

use super::limits::WalletTier;
use super::source::Source;

/// One line of a wallet's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TierChange {
    /// From then on.
    pub(crate) tier: WalletTier,
    pub(crate) source: Source,
    pub(crate) at: OffsetDateTime,
}
