//! Every way in which this service says no.

use values::{NO_BUSINESS, NO_PAYMENT_REQUEST, NOT_YET_KNOWN, refusals};

refusals! {
    /// What this service refuses beside what every service does.
    pub const REFUSALS, with NO_BUSINESS, NO_PAYMENT_REQUEST, NOT_YET_KNOWN;

    pub(crate) CHECKSUM_WRONG: Rule, "qr-checksum", "the code was misread",
        action: "Let the customer scan again.",
        en: "The code was not read clearly. Please scan it again.",
        zh_hant: "未能清楚讀取二維碼，請重新掃描。",
        zh_hans: "未能清晰读取二维码，请重新扫描。";
    pub(crate) MALFORMED: Rule, "qr-malformed", "the code cannot be read",
        action: "Show the message; another scan will not help.",
        en: "This is not a valid payment code. Please ask the shop for another.",
        zh_hant: "此二維碼並非有效的付款碼，請向商戶查詢。",
        zh_hans: "该二维码不是有效的付款码，请向商户查询。";
    pub(crate) FORGED: Rule, "qr-forged", "the code was made by somebody else",
        action: "Show the message as a warning, and offer no way to pay.",
        en: "Do not pay with this code: it may be fake. Please tell the shop.",
        zh_hant: "此二維碼可能屬偽冒，請勿付款，並通知商戶。",
        zh_hans: "该二维码可能是伪造的，请勿付款，并告知商户。";
    pub(crate) NOT_OWN_CODE: Forbidden, "not-own-code",
        "the caller asked for another person's code",
        action: "Ask with the caller's own id.",
        en: "You can only show your own code.",
        zh_hant: "你只可以顯示自己的二維碼。",
        zh_hans: "您只能显示自己的二维码。";
    pub(crate) UNKNOWN: Rule, "qr-unknown", "the code cannot be paid here",
        action: "Show the message; another scan will not help.",
        en: "This code cannot be paid with PayMe.",
        zh_hant: "此二維碼不能以 PayMe 付款。",
        zh_hans: "该二维码无法用 PayMe 付款。";
}
