//! Money that came into a wallet from outside.

use events::payments::TopUpCompletedV1;
use time::OffsetDateTime;
use values::{Money, TopUpId, TransferId, UserId};

use super::payment_request::rfc3339;

/// A top-up. It exists only completed: the sandbox bank always has the money, at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CompletedTopUp {
    pub(crate) id: TopUpId,
    pub(crate) user_id: UserId,
    pub(crate) amount: Money,
    pub(crate) completed_at: OffsetDateTime,
}

impl CompletedTopUp {
    /// A top-up is one transfer and shares its UUID, by which it is found again.
    pub(crate) const fn transfer_id(id: TopUpId) -> TransferId {
        TransferId::from_uuid(id.uuid())
    }

    pub(crate) fn completed_event(&self) -> TopUpCompletedV1 {
        TopUpCompletedV1 {
            top_up_id: self.id.to_string(),
            user_id: self.user_id.to_string(),
            amount: self.amount.minor_units(),
            currency: self.amount.currency().code().to_owned(),
            completed_at: rfc3339(self.completed_at),
        }
    }
}
