//! How this service says no about the programs of shops.

use values::refusals;

refusals! {
    /// Of credentials for the merchant API.
    pub(super) const OF_PROGRAMS;

    pub(crate) NO_API_CREDENTIAL: NotFound, "api-credential-not-found",
        "no business of the caller has such a credential",
        en: "We cannot find this API credential.",
        zh_hant: "找不到此 API 憑證。",
        zh_hans: "找不到该 API 凭证。";
    pub(crate) TOO_MANY_API_CREDENTIALS: Conflict, "too-many-api-credentials",
        "the business has five active credentials",
        action: "Offer to deactivate one first.",
        en: "You have five active API credentials already. Please deactivate one first.",
        zh_hant: "你已有五個使用中的 API 憑證，請先停用其中一個。",
        zh_hans: "您已有五个使用中的 API 凭证，请先停用其中一个。";
    pub(crate) SIGNATURE_INVALID: Unproved, "request-signature-invalid",
        "the request is not signed as is expected",
        action: "Correct how the client signs, as `detail` says, or use an active credential.";
    pub(crate) SIGNATURE_USED: Conflict, "signature-used", "this signature was taken before",
        action: "Sign the request anew; under the same Idempotency-Key nothing is done twice.";
    pub(crate) SCOPE_MISSING: Forbidden, "scope-missing", "the credential lacks the scope",
        action: "Use a credential that has the scope which `detail` names.";
    pub(crate) ADDRESS_NOT_ALLOWED: Forbidden, "address-not-allowed",
        "the credential is not for the address that calls",
        action: "Call from an allowed address, or use a credential for this one.";
    pub(crate) CREDENTIAL_TOO_WEAK: Forbidden, "credential-too-weak",
        "the credential's maker had not shown what the rules of step-up ask for",
        action: "Let the owner make a credential with a passkey, or do this in the app.";
    pub(crate) TOO_MANY_CALLS: TooMany, "too-many-calls", "300 calls were made in a minute";
}
