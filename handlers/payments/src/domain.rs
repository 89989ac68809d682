//! The rules of payments: pure, nothing asynchronous.

mod account_freeze;
mod account_id;
mod audit;
mod ledger;
mod movement;
mod payment;
mod payment_request;
mod refusals;
mod top_up;

pub(crate) use account_freeze::{AccountFreeze, FreezeAction};
pub(crate) use account_id::AccountId;
pub(crate) use audit::{Contradictions, Cut};
pub(crate) use ledger::{
    Account, AccountKind, AccountStatus, BANK_CLEARING, Ledger, Transfer, TransferCode,
};
pub(crate) use movement::{Direction, Movement};
pub(crate) use payment::{ConfirmedBy, Payment, PaymentStatus};
pub(crate) use payment_request::PaymentRequest;
pub use refusals::REFUSALS;
pub(crate) use refusals::{
    CONFIRMATION_INVALID, NO_ACCOUNT, NO_PAYMENT, NO_TOP_UP, NO_WALLET, PAYEE_UNAVAILABLE,
};
pub(crate) use top_up::CompletedTopUp;
