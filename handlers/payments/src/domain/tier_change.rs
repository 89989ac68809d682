//! What operators say of how well a wallet's owner is known, until a service verifies people.

use time::OffsetDateTime;

use super::limits::WalletTier;
use super::word::Word;

/// One line of a wallet's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TierChange {
    /// From then on.
    pub(crate) tier: WalletTier,
    pub(crate) word: Word,
    pub(crate) at: OffsetDateTime,
}
