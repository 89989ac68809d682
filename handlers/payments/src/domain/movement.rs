//! A transfer, as the owner of one of its accounts sees it.

use time::OffsetDateTime;
use uuid::Uuid;
use values::{
    BillId, Money, MoneyRequestId, Note, OperationKind, Party, PayLinkId, PaymentId,
    PaymentRequestId, RedPacketId, Reference, ScheduleId, TransferId, code_enum,
};

use super::parcel::ParcelKind;
use super::visibility::Visibility;

code_enum! {
    /// Which way the money went.
    pub(crate) enum Direction {
        /// Into the account.
        In = "in",
        /// Out of it.
        Out = "out",
    }
}

code_enum! {
    /// What a movement may belong to.
    pub(crate) enum ParentKind {
        /// What a shop asked for, and was paid.
        PaymentRequest = "payment-request",
        /// What a person asked for, and was paid.
        MoneyRequest = "money-request",
        /// The bill of which a share was paid.
        Bill = "bill",
        /// The payment that a refund gives back.
        Payment = "payment",
        /// The pay link that was claimed, or comes back.
        PayLink = "pay-link",
        /// The red packet that was claimed from, or whose rest comes back.
        RedPacket = "red-packet",
        /// The schedule by which somebody was paid.
        Schedule = "schedule",
    }
}

/// What a movement belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parent {
    pub(crate) kind: ParentKind,
    pub(super) id: Uuid,
}

/// What is known of where a movement may belong.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Origin {
    /// The operation's own.
    pub(crate) parent_id: Option<Uuid>,
    /// If that is a request for money of a bill.
    pub(crate) bill_id: Option<Uuid>,
    /// If that is a pay link or red packet.
    pub(crate) parcel: Option<ParcelKind>,
    /// Of a payment that a schedule has made.
    pub(crate) schedule_id: Option<Uuid>,
}

/// One line of an account's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Movement {
    pub(crate) transfer_id: TransferId,
    pub(crate) direction: Direction,
    pub(crate) amount: Money,
    /// `None` of what only a newer program knows: it has moved all the same, and is shown.
    pub(crate) kind: Option<OperationKind>,
    /// Whether it is the shop's fee for a payment, or what a refund brings back of one.
    pub(crate) is_fee: bool,
    pub(crate) operation_id: Uuid,
    /// `None` where it is no customer.
    pub(crate) counterparty: Option<Party>,
    pub(crate) parent: Option<Parent>,
    pub(crate) note: Option<Note>,
    pub(crate) reference: Option<Reference>,
    /// Of a payment: what its refunds have given back, in minor units.
    pub(crate) refunded: i64,
    /// Nothing but payments between people is anything else than private.
    pub(crate) visibility: Visibility,
    pub(crate) at: OffsetDateTime,
}

impl Parent {
    /// Its id as the API says it.
    pub(crate) fn typed_id(self) -> String {
        match self.kind {
            ParentKind::PaymentRequest => PaymentRequestId::from_uuid(self.id).to_string(),
            ParentKind::MoneyRequest => MoneyRequestId::from_uuid(self.id).to_string(),
            ParentKind::Bill => BillId::from_uuid(self.id).to_string(),
            ParentKind::Payment => PaymentId::from_uuid(self.id).to_string(),
            ParentKind::PayLink => PayLinkId::from_uuid(self.id).to_string(),
            ParentKind::RedPacket => RedPacketId::from_uuid(self.id).to_string(),
            ParentKind::Schedule => ScheduleId::from_uuid(self.id).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_parent_names_its_kind() {
        let prefixes = ParentKind::ALL.iter().map(|kind| {
            let id = Parent { kind: *kind, id: Uuid::from_u128(7) }.typed_id();
            id.split('_').next().unwrap().to_owned()
        });
        let prefixes: Vec<String> = prefixes.collect();
        assert_eq!(prefixes, ["preq", "mreq", "bill", "pay", "plnk", "rpkt", "sch"]);
    }
}
