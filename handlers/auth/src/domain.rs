//! The rules of signing in and of who is staff: pure, nothing asynchronous.

mod ceremony;
mod code_purpose;
mod contact_allowance;
mod device_act;
mod device_type;
mod guess;
mod kept_phone;
mod otp_code;
mod pin;
mod pin_reset;
mod recovery;
mod refresh_token;
mod refusals;
mod secret;
mod security_event;
mod session;
mod staff;
mod step_up_proposal;
mod weak_pin;

pub(crate) use ceremony::{Ceremony, PASSKEYS_MAX, account_label};
pub(crate) use code_purpose::CodePurpose;
pub(crate) use contact_allowance::{
    CONTACTS_PER_REQUEST_MAX, ContactAllowance, ContactDigest, REMEMBERED_DAYS,
};
pub(crate) use device_act::{DeviceAct, DeviceSignature};
pub(crate) use device_type::DeviceType;
pub(crate) use guess::{GuessCount, Guessed};
pub(crate) use kept_phone::{IndexedPhone, KeptPhone, PhoneIndex, SealedPhone};
pub(crate) use otp_code::{OtpCode, PHONE_CHANGED_NOTICE, WRONG_CODES_NOTICE};
pub(crate) use pin::Pin;
pub(crate) use pin_reset::PinReset;
pub(crate) use recovery::{Recovery, RecoveryCase, RecoveryStatus};
pub(crate) use refresh_token::{RefreshToken, SuccessorSalt};
pub use refusals::REFUSALS;
pub(crate) use refusals::*;
pub(crate) use secret::Secret;
pub(crate) use security_event::{SecurityEvent, SecurityEventType};
pub(crate) use session::{
    EndReason, LogInProof, SIM_SWAP_HOURS, Session, SessionsOf, limited_hours, limited_until,
};
pub(crate) use staff::{
    ActSubject, EnrolmentStatus, EntraPerson, FIRST_ADMINISTRATORS, NewEnrolment, StaffAct,
    StaffActType, StaffMember, distinct_roles,
};
pub(crate) use step_up_proposal::{StepUpPolicyStatus, StepUpProposal};
