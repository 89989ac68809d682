//! The rules of payments: pure, nothing asynchronous.

mod account_freeze;
mod account_id;
mod audit;
mod ledger;
mod movement;
mod payment;
mod payment_request;
mod top_up;

pub(crate) use account_freeze::{AccountFreeze, FreezeAction};
pub(crate) use account_id::AccountId;
pub(crate) use audit::{Contradictions, Cut};
pub(crate) use ledger::{
    Account, AccountKind, AccountStatus, BANK_CLEARING, Ledger, NO_ACCOUNT, NO_WALLET,
    PAYEE_UNAVAILABLE, Transfer, TransferCode,
};
pub(crate) use movement::{Direction, Movement};
pub(crate) use payment::{CONFIRMATION_INVALID, ConfirmedBy, NO_PAYMENT, Payment, PaymentStatus};
pub(crate) use payment_request::{NO_BUSINESS, NO_PAYMENT_REQUEST, PaymentRequest};
pub(crate) use top_up::{CompletedTopUp, NO_TOP_UP};
