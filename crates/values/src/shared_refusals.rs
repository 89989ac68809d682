//! Refusals of more than one service.

crate::refusals! {
    /// Those that a client meets at more than one service, with the same meaning.
    pub const SHARED_REFUSALS;

    pub CLOCK_SKEW: Rule, "clock-skew",
        "the signature is right, and its time too long ago or ahead",
        action: "Sign anew, by the server's time: every answer has it in its Date header.",
        en: "This took too long, or your device's clock is wrong. Please try again.",
        zh_hant: "操作逾時，或裝置的時間不正確，請再試一次。",
        zh_hans: "操作超时，或设备的时间不正确，请重试。";
    pub NO_BUSINESS: NotFound, "business-not-found",
        "there is no such business, it is closed, or it is not the caller's",
        en: "We cannot find this shop. It may have closed.",
        zh_hant: "找不到此商戶，可能已經結業。",
        zh_hans: "找不到该商户，可能已经停业。";
    pub NO_PAYMENT_REQUEST: NotFound, "payment-request-not-found",
        "there is no such payment request",
        action: "Ask again after a second if the request is new; otherwise show the message.",
        en: "We cannot find this payment request. Please ask the shop for a new one.",
        zh_hant: "找不到此收款要求，請商戶重新發出。",
        zh_hans: "找不到该收款请求，请商户重新发起。";
}
