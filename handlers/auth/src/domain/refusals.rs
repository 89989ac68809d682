//! Every way in which this service says no.

use values::Refusal;

pub(crate) const PHONE_INVALID: Refusal =
    Refusal::rule("phone-invalid", "a Hong Kong mobile number is expected");
pub(crate) const PHONE_UNREACHABLE: Refusal =
    Refusal::rule("phone-unreachable", "the message was not accepted for its recipient");
pub(crate) const PHONE_ALREADY_REGISTERED: Refusal = Refusal::conflict(
    "phone-already-registered",
    "the phone number is registered already; log in on this device instead",
);
pub(crate) const PHONE_NOT_REGISTERED: Refusal = Refusal::not_found(
    "phone-not-registered",
    "the phone number is not registered; sign up instead",
);
pub(crate) const OTP_INVALID: Refusal =
    Refusal::rule("otp-invalid", "the code is wrong, used or no longer valid; ask for a new one");
pub(crate) const OTP_THROTTLED: Refusal =
    Refusal::too_many("otp-throttled", "too many codes were asked for");
pub(crate) const DEVICE_KEY_INVALID: Refusal =
    Refusal::rule("device-key-invalid", "the device's key is not a P-256 public key in JWK form");
pub(crate) const NO_DEVICE: Refusal =
    Refusal::not_found("device-not-found", "there is no such device");
pub(crate) const SIGNATURE_INVALID: Refusal = Refusal::rule(
    "signature-invalid",
    "the device is unknown, or its signature is wrong, too old or spent",
);
pub(crate) const PIN_TOO_WEAK: Refusal =
    Refusal::rule("pin-too-weak", "the PIN is too easily guessed");
pub(crate) const PIN_INVALID: Refusal = Refusal::rule("pin-invalid", "the PIN is wrong");
pub(crate) const PIN_LOCKED: Refusal =
    Refusal::too_many("pin-locked", "the PIN was wrong too often");
pub(crate) const REFRESH_TOKEN_INVALID: Refusal = Refusal::rule(
    "refresh-token-invalid",
    "the refresh token is unknown, expired or revoked; log in",
);
pub(crate) const REFRESH_TOKEN_REUSED: Refusal = Refusal::rule(
    "refresh-token-reused",
    "the refresh token was used before, so its session is revoked; log in",
);
