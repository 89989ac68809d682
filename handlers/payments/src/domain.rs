//! The rules of payments: pure, nothing asynchronous.

mod ledger;
mod payment;
mod payment_request;
mod top_up;

pub(crate) use ledger::{
    Account, AccountKind, BANK_CLEARING, Ledger, LedgerRefusal, Transfer, TransferCode,
};
pub(crate) use payment::{ConfirmedBy, Payment};
pub(crate) use payment_request::{PaymentRequest, RequestRefusal};
pub(crate) use top_up::CompletedTopUp;
