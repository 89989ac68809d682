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
}
