//! A transfer, as the owner of one of its accounts sees it.

use time::OffsetDateTime;
use uuid::Uuid;
use values::{Money, Party, TransferId, code_enum};

use super::operation_kind::OperationKind;

code_enum! {
    /// Which way the money went.
    pub(crate) enum Direction {
        /// Into the account.
        In = "in",
        /// Out of it.
        Out = "out",
    }
}

/// One line of an account's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Movement {
    pub(crate) transfer_id: TransferId,
    pub(crate) direction: Direction,
    pub(crate) amount: Money,
    pub(crate) kind: OperationKind,
    /// Whether it is the shop's fee for a payment, or what a refund brings back of one.
    pub(crate) is_fee: bool,
    pub(crate) operation_id: Uuid,
    /// `None` where it is no customer.
    pub(crate) counterparty: Option<Party>,
    pub(crate) at: OffsetDateTime,
}
