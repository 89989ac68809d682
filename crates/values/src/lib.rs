//! Values that cross services: money, ids, names, what a payer confirms. Pure: no I/O, nothing
//! asynchronous.
//!
//! Every type parses its input once and cannot hold an invalid value afterwards; their serde forms
//! are the wire forms, so a request body that deserializes needs no second validation. Reading
//! order: `money`, `ids`, `either_id`, `code_enum` (enums that are stored and sent), `text` with
//! `legible`, `skeleton` and `simplified` (what is compared as one), `refusal` with its
//! `refusal_class` and `customer_message`, `operation_kind` (all that moves money),
//! `step_up_policy` (who must show more) with `level`, then one small file for each value.

/// For the code that `code_enum!` makes, so that its callers need no dependency for it.
#[doc(hidden)]
pub use {serde, utoipa};

mod account_id;
mod account_risk;
mod bank_account;
mod capture_method;
mod category_code;
mod code_enum;
mod content_type;
mod customer_message;
mod either_id;
mod fps_id;
mod fps_proxy;
mod grapheme;
mod held_payment_id;
mod hong_kong;
mod idempotency_key;
mod ids;
mod language;
mod latin_name;
mod legible;
mod level;
mod markup;
mod masked_name;
mod money;
mod operation_confirmation;
mod operation_kind;
mod party;
mod phone;
mod product;
mod proposal;
mod refusal;
mod refusal_class;
mod request_id;
mod request_status;
mod return_url;
mod shared_refusals;
mod shop_role;
mod signed_at;
mod simplified;
mod skeleton;
mod staff_role;
mod step_up_policy;
mod sticker;
mod text;
mod time_of_day;
mod timestamp;

pub use account_id::AccountId;
pub use account_risk::AccountRisk;
pub use bank_account::{
    BankAccount, BankAccountNumber, BankAccountNumberError, BankCode, BankCodeError,
};
pub use capture_method::CaptureMethod;
pub use category_code::{CategoryCode, CategoryCodeError};
pub use content_type::ContentType;
pub use customer_message::{CustomerMessage, SUPPORT_NAME};
pub use fps_id::{FpsId, FpsIdError};
pub use fps_proxy::{FpsProxy, FpsProxyError, FpsProxyType};
pub use grapheme::{grapheme_start, graphemes};
pub use held_payment_id::HeldPaymentId;
pub use hong_kong::{HongKongDate, hong_kong_day, hong_kong_midnight, hong_kong_time};
pub use idempotency_key::{IdempotencyKey, IdempotencyKeyError};
pub use ids::*;
pub use language::Language;
pub use latin_name::{LatinName, LatinNameError};
pub use level::Level;
pub use markup::escaped;
pub use masked_name::masked;
pub use money::{Balance, Currency, Fee, Money, MoneyError};
pub use operation_confirmation::{
    ConfirmableKind, OperationConfirmation, OperationTerms, VouchedConfirmation,
};
pub use operation_kind::{KindFacts, KindSide, OperationKind};
pub use party::Party;
pub use phone::{Phone, PhoneError};
pub use product::Product;
pub use proposal::Proposal;
#[doc(hidden)]
pub use refusal::Declaration;
pub use refusal::Refusal;
pub use refusal_class::RefusalClass;
pub use request_id::RequestId;
pub use request_status::RequestStatus;
pub use return_url::{ReturnUrl, ReturnUrlError};
pub use shared_refusals::{
    CLOCK_SKEW, HELD_FOR_REVIEW, LOOKUPS_THROTTLED, NO_BUSINESS, NO_PAYMENT_REQUEST,
    NOT_ALLOWED_FOR_ROLE, NOT_YET_KNOWN, OWN_PROPOSAL, PROPOSAL_DECIDED, PROPOSAL_EXPIRED,
    ROLE_MISSING, SHARED_REFUSALS, STEP_UP_REQUIRED, is_new, unknown,
};
pub use shop_role::{ShopAct, ShopRole};
pub use signed_at::{SignedAt, SignedAtError};
pub use simplified::{is_common_han, simplified};
pub use skeleton::skeleton;
pub use staff_role::StaffRole;
pub use step_up_policy::{
    ActFacts, GuardedAct, NewPayee, PolicyError, RuleAnswer, StepUpPolicy, StepUpRule,
};
pub use sticker::Sticker;
pub use text::{
    Comment, Description, DisplayName, HomeAddress, LegalName, MessageText, Note, Operator, Reason,
    Reference, Statement, TextError,
};
pub use time_of_day::{TimeOfDay, TimeOfDayError};
pub use timestamp::Timestamp;
