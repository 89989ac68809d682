//! Every way in which this service says no.

use values::refusals;

refusals! {
    /// What this service refuses beside what every service does.
    pub const REFUSALS;

    pub(crate) NO_NOTIFICATION: NotFound, "notification-not-found",
        "there is no such notification in this inbox",
        action: "Read the list of notifications again.",
        en: "We cannot find this notification.",
        zh_hant: "找不到此通知。",
        zh_hans: "找不到该通知。";
}
