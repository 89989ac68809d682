//! What can be done with money, one pure file each: what it reads, which accounts it touches, and
//! what it decides.

mod ask_for_money;
mod begin_payout;
mod cancel_bill;
mod cancel_request;
mod claim_share;
mod create_request;
mod create_schedule;
mod end_authorisation;
mod end_held_payment;
mod end_money_request;
mod end_payout;
mod end_top_up;
mod hold_payment;
mod make_parcel;
#[cfg(test)]
mod parcel_tests;
mod pay_by_fps;
mod pay_shop;
#[cfg(test)]
mod payee_warning_tests;
mod refund_payment;
mod rehearsal;
mod remind_payer;
mod return_parcel;
mod run_schedule;
mod send_money;
mod settle_takings;
mod split_bill;
#[cfg(test)]
mod step_up_tests;
mod top_up;
mod withdraw;

pub(crate) use ask_for_money::AskForMoney;
pub(crate) use cancel_bill::CancelBill;
pub(crate) use cancel_request::CancelRequest;
pub(crate) use claim_share::ClaimShare;
pub(crate) use create_request::CreateRequest;
pub(crate) use create_schedule::CreateSchedule;
pub(crate) use end_authorisation::{AuthorisationEnd, EndAuthorisation};
pub(crate) use end_held_payment::{EndHeldPayment, HeldPaymentEnd};
pub(crate) use end_money_request::{EndMoneyRequest, MoneyRequestEnd};
pub(crate) use end_payout::{EndPayout, Payout, PayoutEnd};
pub(crate) use end_top_up::{EndTopUp, TopUpEnd};
pub(crate) use make_parcel::MakeParcel;
pub(crate) use pay_by_fps::PayByFps;
pub(crate) use pay_shop::PayShop;
pub(crate) use refund_payment::RefundPayment;
pub(crate) use rehearsal::Rehearsal;
pub(crate) use remind_payer::RemindPayer;
pub(crate) use return_parcel::{ReturnParcel, ReturnReason};
pub(crate) use run_schedule::RunSchedule;
pub(crate) use send_money::SendMoney;
pub(crate) use settle_takings::SettleTakings;
pub(crate) use split_bill::SplitBill;
pub(crate) use top_up::{TopUp, TopUpMethod};
pub(crate) use withdraw::Withdraw;
