//! What operators say of a shop's fee.

use time::OffsetDateTime;

use super::merchant_fee::FeeRate;
use super::word::Word;

/// One line of a shop's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FeeRateChange {
    /// From then on.
    pub(crate) fee_rate: FeeRate,
    pub(crate) word: Word,
    pub(crate) at: OffsetDateTime,
}
