//! Somebody outside whom a person has looked up in the Faster Payment System, to pay them.

use time::{Duration, OffsetDateTime};
use values::{DisplayName, FpsPayeeId, FpsProxy, Reference, Refusal, UserId};

use super::refusals::{FPS_LOOKUPS_THROTTLED, FPS_PAYEE_EXPIRED};
use super::registered_account::telling_reference;

/// How long a payer may take after the bank has said whose a proxy is: it can become another's.
const GOOD_FOR: Duration = Duration::minutes(15);
/// As often may a person ask in a day, in Hong Kong: nobody shall learn the names that belong to
/// many numbers.
const LOOKUPS_PER_DAY_MAX: u32 = 30;

/// Whom the bank has named, and for what they are to be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FpsPayee {
    pub(crate) id: FpsPayeeId,
    /// Who has asked, and alone may pay by it.
    pub(crate) user_id: UserId,
    pub(crate) proxy: FpsProxy,
    /// As the payee's bank has it.
    pub(crate) name: DisplayName,
    /// What the payee wants quoted.
    pub(crate) quoted: Option<Reference>,
    pub(crate) created_at: OffsetDateTime,
}

impl FpsPayee {
    /// `lookups` are those of the day, this one included.
    pub(crate) fn require_lookups_left(lookups: u32) -> Result<(), Refusal> {
        if lookups > LOOKUPS_PER_DAY_MAX { Err(FPS_LOOKUPS_THROTTLED) } else { Ok(()) }
    }

    /// Until when they can be paid.
    pub(crate) fn expires_at(&self) -> OffsetDateTime {
        self.created_at.saturating_add(GOOD_FOR)
    }

    pub(super) fn require_good(&self, now: OffsetDateTime) -> Result<(), Refusal> {
        if now < self.expires_at() { Ok(()) } else { Err(FPS_PAYEE_EXPIRED) }
    }

    /// What is confirmed of a payment to them. It stands for proxy, name and what is quoted, for
    /// which a reference has no room.
    pub(crate) fn reference(&self) -> Option<Reference> {
        telling_reference(self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_asks_thirty_times_a_day() {
        assert_eq!(FpsPayee::require_lookups_left(30), Ok(()));
        assert_eq!(FpsPayee::require_lookups_left(31), Err(FPS_LOOKUPS_THROTTLED));
    }
}
