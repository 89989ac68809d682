//! What this service does, one file each.

mod audit_ledger;
mod cancel_payment_request;
mod create_payment_request;
mod expire_payment_requests;
mod freeze_account;
mod learn_name;
mod learn_shop;
mod list_movements;
mod list_payment_requests;
mod list_payments;
mod open_wallet;
mod pay;
mod read_account;
mod read_payment;
mod read_payment_request;
mod read_top_up;
mod read_wallet;
mod top_up_wallet;

pub(crate) use audit_ledger::audit_ledger;
pub(crate) use cancel_payment_request::cancel_payment_request;
pub(crate) use create_payment_request::{PaymentRequestBody, create_payment_request};
pub(crate) use expire_payment_requests::expire_payment_requests;
pub(crate) use freeze_account::{freeze_account, unfreeze_account};
pub(crate) use learn_name::learn_name;
pub(crate) use learn_shop::learn_shop;
pub(crate) use list_movements::{list_business_movements, list_movements};
pub(crate) use list_payment_requests::list_payment_requests;
pub(crate) use list_payments::list_payments;
pub(crate) use open_wallet::open_wallet;
pub(crate) use pay::{PaymentBody, pay};
pub(crate) use read_account::{AccountBody, read_account};
pub(crate) use read_payment::read_payment;
pub(crate) use read_payment_request::read_payment_request;
pub(crate) use read_top_up::read_top_up;
pub(crate) use read_wallet::{read_shop_balance, read_wallet};
pub(crate) use top_up_wallet::top_up_wallet;
