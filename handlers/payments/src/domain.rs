//! The rules of payments: pure, nothing asynchronous.

mod account_freeze;
mod account_id;
mod audit;
mod ledger;
mod payment;
mod payment_request;
mod top_up;

pub(crate) use account_freeze::{AccountFreeze, FreezeAction, Operator, Reason};
pub(crate) use account_id::AccountId;
pub(crate) use audit::{Contradictions, Cut};
pub(crate) use ledger::{
    Account, AccountKind, AccountStatus, BANK_CLEARING, Ledger, LedgerRefusal, Transfer,
    TransferCode,
};
pub(crate) use payment::{ConfirmedBy, Payment};
pub(crate) use payment_request::{PaymentRequest, RequestRefusal};
pub(crate) use top_up::CompletedTopUp;
