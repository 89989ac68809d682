//! The rules of payments: pure, nothing asynchronous.
//!
//! Reading order: `account`, `transfer` and `ledger` (double entry), `limits` and `limit_use`,
//! `operation` (what moves money) and `merchant_fee`, `bank_instruction` (what the bank is told of
//! it) and `voice` (who says how that ended), `automatic_top_up`, `registered_account`,
//! `settlement`, `payment_request`, `money_request`, `bill` and `split` (who is asked for what),
//! `parcel` with `packet_split` and `wrong_secrets` (what waits to be claimed), `recurrence` and
//! `schedule` (what comes on its date), `dispute` and `release` (what staff decide), `held_payment`
//! (what waits for them), `api_credential` with `address_range` (what acts for a shop), `books`
//! (what a decision sees) with `known_payees`, `payee_warning` and `step_up`, `operations` (the
//! decisions).

mod account;
mod account_freeze;
mod address_range;
mod announcement;
mod api_credential;
mod approval_change;
mod attention;
mod audit;
mod automatic_top_up;
mod bank_instruction;
mod bill;
mod books;
mod decimal_amount;
mod dispute;
mod dispute_status;
mod fee_rate_change;
mod fps_payee;
mod held_payment;
mod http_signature;
mod known_payees;
mod ledger;
mod limit_use;
mod limits;
#[cfg(test)]
mod literal_books;
mod magic_amount;
mod merchant_fee;
mod merchant_order;
mod merchant_token;
mod message_signature;
#[cfg(test)]
pub(crate) mod model_tests;
mod money_request;
mod movement;
mod open_parcels;
mod open_requests;
mod operation;
mod operation_rules;
pub(crate) mod operations;
mod packet_split;
mod parcel;
mod payee_warning;
mod payment_request;
mod person;
mod reads;
mod receipt;
mod receipt_page;
mod record;
mod recurrence;
mod refusals;
mod registered_account;
mod release;
mod rows;
mod ruling;
mod schedule;
mod seen_risk;
mod settlement;
mod shop;
mod signing_public_key;
mod source;
mod split;
mod staff_decision;
mod step_up;
mod tier_change;
mod transfer;
mod visibility;
mod voice;
mod word;
mod wrong_secrets;

pub(crate) use account::{Account, AccountKind, AccountStatus, ESCROW};
pub(crate) use account_freeze::{
    AccountFreeze, FreezeAction, Measure, NEIGHBOUR_FOR, NEIGHBOUR_GOT_MIN,
};
pub(crate) use address_range::AddressRange;
pub(crate) use api_credential::{
    ApiCredential, ApiCredentialStatus, ApiScope, ClientSecret, CredentialKeys, SigningAlgorithm,
};
pub(crate) use approval_change::{Approval, ApprovalChange};
pub(crate) use attention::AttentionCode;
pub(crate) use audit::{Contradictions, Cut};
pub(crate) use automatic_top_up::{
    AutomaticTopUp, AutomaticUse, BEGUN_WITHIN, Funds, Missing, missing,
};
pub(crate) use bank_instruction::{
    BankInstruction, BankReason, BankReport, BankStatus, InstructionKind, NextStep, Told, Untold,
    next_step, wait_after as bank_wait_after,
};
pub(crate) use bill::Bill;
pub(crate) use books::{Announcement, Books, Decide, Kept, Reads};
pub(crate) use decimal_amount::read_decimal;
pub(crate) use dispute::Dispute;
pub(crate) use dispute_status::{DisputeReason, DisputeStatus};
pub(crate) use fee_rate_change::FeeRateChange;
pub(crate) use fps_payee::{FpsPayee, warned_as};
pub(crate) use held_payment::{HeldPayment, HeldStatus, ReturnCause, Review};
pub(crate) use http_signature::{HttpSignature, is_digest_of};
pub(crate) use known_payees::{KnownPayee, KnownPayees, NEW_FOR};
pub(crate) use ledger::Ledger;
pub(crate) use limit_use::{FlowUse, LimitUse, Period};
pub(crate) use limits::{Flow, Limits, VerificationKind, WalletTier};
pub(crate) use magic_amount::MagicAmount;
pub(crate) use merchant_fee::{FeeRate, with_fees_accounts};
pub(crate) use merchant_order::{MerchantOrder, merchant_status};
pub(crate) use merchant_token::MerchantToken;
pub(crate) use message_signature::{
    CLOCK_DIFFERENCE_MAX, Message, MessageError, MessageKey, MessageSignature,
};
pub(crate) use money_request::{MoneyRequest, MoneyRequestStatus};
pub(crate) use movement::{Direction, Movement, Origin, Parent, ParentKind};
pub(crate) use open_parcels::{Open, OpenParcels};
pub(crate) use open_requests::{Asked, OpenRequests, WINDOW as ASKED_WINDOW};
pub(crate) use operation::{ConfirmedBy, Operation, OperationState, Reader, Side};
pub(crate) use operation_rules::{accounts, parent_of};
pub(crate) use packet_split::PacketSplit;
pub(crate) use parcel::{Claim, Parcel, ParcelKind, ParcelStatus, Share};
pub(crate) use payee_warning::{
    AcceptedWarning, PayeeWarning, PayeeWarningLine, PayeeWarningReason, PayeeWarnings,
    WarningConsent,
};
pub(crate) use payment_request::{PaymentRequest, rfc3339};
pub(crate) use person::Person;
pub(crate) use receipt::Receipt;
pub(crate) use receipt_page::receipt_page;
pub(crate) use record::Record;
pub(crate) use recurrence::{End, Frequency, Recurrence};
pub(crate) use refusals::NO_SCHEDULE;
pub use refusals::REFUSALS;
pub(crate) use refusals::{
    ADDRESS_NOT_ALLOWED, AUTOMATIC_TOP_UP_CHANGED, BANK_ACCOUNT_NAME_MISMATCH,
    BANK_ACCOUNT_NOT_OWN, BANK_CHECK_UNAVAILABLE, BANK_IS_DECIDING, CONFIRMATION_INVALID,
    CREDENTIAL_TOO_WEAK, FPS_PROXY_INVALID, FPS_UNAVAILABLE, HOLD_ENDED,
    INSTANT_TOP_UP_UNAVAILABLE, INSUFFICIENT_FUNDS, NO_ACCOUNT, NO_API_CREDENTIAL, NO_BANK_ACCOUNT,
    NO_BILL, NO_BUSINESS_BANK_ACCOUNT, NO_CLAIM, NO_DISPUTE, NO_FPS_PAYEE, NO_FPS_PAYMENT,
    NO_HELD_PAYMENT, NO_MONEY_REQUEST, NO_MOVEMENT, NO_PAYEE, NO_PAYMENT, NO_PEER_PAYMENT,
    NO_REFUND, NO_RELEASE, NO_SETTLEMENT, NO_TOP_UP, NO_WALLET, NO_WITHDRAWAL, PAID,
    REFUND_NOT_DUE, SAME_ACCOUNT, SCOPE_MISSING, SIGNATURE_INVALID, SIGNATURE_USED, TOO_MANY_CALLS,
};
pub(crate) use registered_account::RegisteredAccount;
pub(crate) use release::{Release, ReleaseScope};
pub(crate) use rows::Rows;
pub(crate) use ruling::Ruling;
pub(crate) use schedule::{
    Delay, Occurrence, OccurrenceStatus, Schedule, ScheduleKind, ScheduleStatus,
};
pub(crate) use seen_risk::SeenRisk;
pub(crate) use settlement::{
    BusinessBankAccount, CarryReason, MadeOf, Settlement, SettlementMode, SinceDay, day_to_settle,
    end_of, require_to_settle,
};
pub(crate) use shop::Shop;
pub(crate) use signing_public_key::SigningPublicKey;
pub(crate) use source::Source;
pub(crate) use split::Split;
pub(crate) use staff_decision::{DecisionStatus, StaffDecision};
pub(crate) use step_up::require_step_up_of_schedule;
pub(crate) use tier_change::TierChange;
pub(crate) use transfer::Transfer;
pub(crate) use visibility::Visibility;
pub(crate) use voice::Voice;
pub(crate) use word::Word;
pub(crate) use wrong_secrets::WrongSecrets;
