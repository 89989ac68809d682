//! A bill that is split: what it was for, and whose. Its shares are requests for money.

use time::OffsetDateTime;
use uuid::Uuid;
use values::{BillId, Money, Note, PaymentId, PeerPaymentId};

use super::person::Person;
use super::record::Record;

/// A bill, as it is stored. Nothing of it changes: what does are the requests that name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bill {
    pub(crate) id: BillId,
    /// Who made it, and asks the others.
    pub(crate) creator: Person,
    pub(crate) total: Money,
    /// The creator's own part, for which nobody is asked.
    pub(crate) own_share: Option<Money>,
    pub(crate) note: Option<Note>,
    /// The payment of the creator's that is split, to a shop …
    pub(crate) payment_id: Option<PaymentId>,
    /// … or to a person; at most one of the two.
    pub(crate) peer_payment_id: Option<PeerPaymentId>,
    pub(crate) created_at: OffsetDateTime,
}

impl Record for Bill {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
}
