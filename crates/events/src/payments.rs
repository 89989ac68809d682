//! Events of `payments`. Amounts are minor units (cents) of the ISO 4217 currency beside them.

use serde::{Deserialize, Serialize};

use crate::Event;

mod banks;
mod programs;

pub use banks::{
    FpsPaymentFailedV1, FpsPaymentReviewChangedV1, SettlementNotPaidV1, TopUpFailedV1,
    WalletClosedV1, WithdrawalFailedV1,
};
pub use programs::{ApiCredentialChangedV1, ApiCredentialExpiringV1, NotifiedProgramV1};

/// A shop asks to be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRequestCreatedV1 {
    /// `preq_…`
    pub payment_request_id: String,
    /// `biz_…` of the shop.
    pub business_id: String,
    /// The name that payers see.
    pub shop_name: String,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// The shop's own words for the payer, empty if none.
    pub description: String,
    /// `automatic`, or `manual` if the payer's money is held until the shop captures it; absent
    /// before there was a choice.
    #[serde(default)]
    pub capture_method: Option<String>,
    /// Whether the payer may give more than that, as a tip.
    #[serde(default)]
    pub tip_allowed: bool,
    /// Where the payer may go once it is paid: an address of the shop's own site, if it named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_url: Option<String>,
    /// Which program is told of its end, and where; absent where none wants to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notified_program: Option<NotifiedProgramV1>,
    /// RFC 3339 in UTC; cannot be paid from then on.
    pub expires_at: String,
}

impl Event for PaymentRequestCreatedV1 {
    const TYPE: &'static str = "payme.payments.payment-request-created.v1";
}

/// A payment request can no longer be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRequestClosedV1 {
    /// `preq_…`
    pub payment_request_id: String,
    /// `biz_…`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_id: Option<String>,
    /// `paid`, `cancelled` or `expired`.
    pub status: String,
    /// `pay_…` by which it was paid, if it was; absent before that was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<String>,
}

impl Event for PaymentRequestClosedV1 {
    const TYPE: &'static str = "payme.payments.payment-request-closed.v1";
}

/// Money moved from one account to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyMovedV1 {
    /// What moved it: `payment`, `peer-payment`, `refund`, `top-up`, `withdrawal`, `fps-payment`,
    /// `pay-link` or `red-packet` (it waits in escrow), `claim` (somebody took it from there) or
    /// `return` (nobody did); more will come, ignore none of them that you can show.
    pub kind: String,
    /// `pay_…`, `ppay_…`, `rfd_…`, `top_…`, `wdr_…`, `fpay_…`, `plnk_…`, `rpkt_…`, `clm_…`
    /// or `rtn_…`
    pub operation_id: String,
    /// Whose money it was.
    pub from: SideV1,
    /// Whose money it is.
    pub to: SideV1,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// `preq_…`, if a shop had asked for it.
    pub payment_request_id: Option<String>,
    /// `pay_…` of the payment whose money a refund gives back, some of it or all.
    #[serde(default)]
    pub refunded_payment_id: Option<String>,
    /// `mreq_…`, if the payee, a person, had asked for it.
    #[serde(default)]
    pub money_request_id: Option<String>,
    /// What the shop's code said to quote, if anything.
    pub reference: Option<String>,
    /// What the payer said to the payee, or the shop that refunds to the payer, if anything.
    #[serde(default)]
    pub note: Option<String>,
    /// `plnk_…` of the pay link that was filled, claimed or returned.
    #[serde(default)]
    pub pay_link_id: Option<String>,
    /// `rpkt_…` of the red packet that was filled, claimed from, or whose rest was returned.
    #[serde(default)]
    pub red_packet_id: Option<String>,
    /// What the shop pays for a payment, or has back of that with a refund, in minor units; for the
    /// shop alone to know. Zero where there is none.
    #[serde(default)]
    pub fee: i64,
    /// How much of the amount of a payment is a tip, in minor units, if any.
    #[serde(default)]
    pub tip: Option<i64>,
    /// Of a payment between people: `friends` if friends of either may see it. Absent where nobody
    /// else may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<String>,
    /// Of a payment between people: the id of the picture that goes with it, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sticker: Option<String>,
    /// RFC 3339 in UTC.
    pub moved_at: String,
}

/// One side of a movement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideV1 {
    /// `user`, `business`, `bank` or `escrow`.
    #[serde(rename = "type")]
    pub side_type: String,
    /// `usr_…` or `biz_…`; of escrow, `usr_…` of whose money waits there; none for the bank.
    pub id: Option<String>,
    /// As the other side sees it; empty if none is known. Of the bank it is whom a payment by FPS
    /// pays. Personal data but of a business.
    pub name: String,
    /// `usr_…` of who is told of it: the person, the owner of the business, or, of escrow, the
    /// sender of a pay link that was claimed; none for the bank.
    pub told_user_id: Option<String>,
}

impl Event for MoneyMovedV1 {
    const TYPE: &'static str = "payme.payments.money-moved.v1";
}

/// A payer agreed to a payment that the shop captures later: the money is held, and has not moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentAuthorisedV1 {
    /// `pay_…`
    pub payment_id: String,
    /// Whose money is held.
    pub from: SideV1,
    /// For whom.
    pub to: SideV1,
    /// The most that the shop can take, in minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// `preq_…`
    pub payment_request_id: Option<String>,
    /// RFC 3339 in UTC; not captured from then on, and the payer has the money again soon after.
    pub capture_before: String,
    /// RFC 3339 in UTC.
    pub authorised_at: String,
}

impl Event for PaymentAuthorisedV1 {
    const TYPE: &'static str = "payme.payments.payment-authorised.v1";
}

/// The money that a payment held is the payer's again, all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentReleasedV1 {
    /// `pay_…`
    pub payment_id: String,
    /// Whose money was held.
    pub from: SideV1,
    /// For whom.
    pub to: SideV1,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// `failed` if the shop let go of it, `expired` if it did not capture it in time.
    pub state: String,
    /// RFC 3339 in UTC.
    pub released_at: String,
}

impl Event for PaymentReleasedV1 {
    const TYPE: &'static str = "payme.payments.payment-released.v1";
}

/// A payer disputes a payment to a shop, or such a dispute now stands otherwise than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisputeChangedV1 {
    /// `dsp_…`
    pub dispute_id: String,
    /// Counts the changes; not each of them is told.
    pub version: u32,
    /// `pay_…`
    pub payment_id: String,
    /// `usr_…` of who paid.
    pub payer_user_id: String,
    /// `biz_…` of who was paid.
    pub business_id: String,
    /// `usr_…` of its owner.
    pub owner_user_id: String,
    /// The name that payers see.
    pub shop_name: String,
    /// What the payer wants back, in minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// `not-received`, `not-as-described`, `duplicate`, `wrong-amount` or `not-mine`.
    pub reason: String,
    /// `open`, `under-review`, `upheld`, `refunded`, `rejected` or `withdrawn`.
    pub status: String,
    /// Whether the shop has said why it does not give the money back.
    pub is_answered: bool,
    /// RFC 3339 in UTC: until when the shop can, while it is open.
    pub answer_before: Option<String>,
}

impl Event for DisputeChangedV1 {
    const TYPE: &'static str = "payme.payments.dispute-changed.v1";
}

/// A person asked another for money, or such a request is now otherwise than before. It is told
/// whole, and each version once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyRequestChangedV1 {
    /// `mreq_…`
    pub money_request_id: String,
    /// From 1 on, without gaps.
    pub version: u32,
    /// Who asks.
    pub requester: PersonV1,
    /// Who is asked.
    pub payer: PersonV1,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// What the requester says with it, if anything.
    pub note: Option<String>,
    /// `bill_…`, if it is somebody's share of a bill.
    pub bill_id: Option<String>,
    /// `open`, `paid`, `declined`, `cancelled` or `expired`; it changes once.
    pub status: String,
    /// How often the payer was reminded; an open request changes only by that.
    pub reminders: u32,
    /// RFC 3339 in UTC; cannot be paid from then on.
    pub expires_at: String,
    /// `ppay_…` of the payment that paid it, of which `money-moved` tells.
    pub peer_payment_id: Option<String>,
}

impl Event for MoneyRequestChangedV1 {
    const TYPE: &'static str = "payme.payments.money-request-changed.v1";
}

/// A person, as the other one may be shown them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonV1 {
    /// `usr_…`
    pub user_id: String,
    /// The masked name; empty if none was chosen.
    pub name: String,
}

/// A date of a schedule comes, or was not kept. One that was kept is told by the money that moved,
/// or by the request that was made. The person at the other end is not told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledDateChangedV1 {
    /// `sch_…`
    pub schedule_id: String,
    /// `payment` or `request`.
    pub kind: String,
    /// `usr_…` of whose schedule it is.
    pub owner_id: String,
    /// Who is to be paid, or asked.
    pub other: PersonV1,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// Counts the dates of a schedule from 1 on.
    pub number: u32,
    /// The day in Hong Kong, `2026-12-31`.
    pub on: String,
    /// `upcoming` a day ahead, `delayed` if it could not be kept and is tried again until the day
    /// ends, `skipped` if it will not be kept any more. In this order, each once at most.
    pub status: String,
    /// Why it is delayed or was skipped: the code of a refusal, or `missed`.
    pub reason: Option<String>,
}

impl Event for ScheduledDateChangedV1 {
    const TYPE: &'static str = "payme.payments.scheduled-date-changed.v1";
}

/// A schedule goes on no longer, and its owner has not done that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleStoppedV1 {
    /// `sch_…`
    pub schedule_id: String,
    /// `payment` or `request`.
    pub kind: String,
    /// `usr_…` of whose schedule it is.
    pub owner_id: String,
    /// Who was to be paid, or asked.
    pub other: PersonV1,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// `paused` once several dates in a row were skipped, `ended` after the last date.
    pub status: String,
}

impl Event for ScheduleStoppedV1 {
    const TYPE: &'static str = "payme.payments.schedule-stopped.v1";
}

/// Others may see a payment between people otherwise than when its money moved. It changes once at
/// most, so what it is told to be stays, whichever event comes first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerPaymentVisibilityChangedV1 {
    /// `ppay_…`
    pub peer_payment_id: String,
    /// `private`.
    pub visibility: String,
}

impl Event for PeerPaymentVisibilityChangedV1 {
    const TYPE: &'static str = "payme.payments.peer-payment-visibility-changed.v1";
}

/// A payment between people waits for a reviewer, or its payer has the money again. That one was
/// released is told by the money that moved. Only the payer is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerPaymentReviewChangedV1 {
    /// `ppay_…`
    pub peer_payment_id: String,
    /// `usr_…` of whose money is held.
    pub payer_user_id: String,
    /// Who was to be paid, and must not learn of it.
    pub payee: PersonV1,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// `held`, then `returned` or nothing more.
    pub status: String,
    /// RFC 3339 in UTC: until when it is decided, while it is held.
    pub decided_before: Option<String>,
}

impl Event for PeerPaymentReviewChangedV1 {
    const TYPE: &'static str = "payme.payments.peer-payment-review-changed.v1";
}
