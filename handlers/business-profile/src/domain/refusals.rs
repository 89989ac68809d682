//! Every way in which this service says no.

use values::{NO_BUSINESS, refusals};

refusals! {
    /// What this service refuses beside what every service does.
    pub const REFUSALS, with NO_BUSINESS;

    pub(crate) TOO_MANY_BUSINESSES: Conflict, "too-many-businesses",
        "the caller owns as many businesses as one person may",
        action: "Show the message; closing a business makes room.",
        en: "You already have the maximum number of businesses.",
        zh_hant: "你的商戶數目已達上限。",
        zh_hans: "您的商户数量已达上限。";
}
