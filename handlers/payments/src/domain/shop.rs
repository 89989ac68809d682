//! A shop, as the business that it belongs to has described it.

use values::UserId;

use super::merchant_fee::FeeRate;

/// A shop that can be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shop {
    pub(crate) owner_user_id: UserId,
    pub(crate) shop_name: String,
    /// A shop is closed for good: nobody can pay it any more.
    pub(crate) is_closed: bool,
    /// Of what it takes from now on. Only an operator says another.
    pub(crate) fee_rate: FeeRate,
}
