//! Every way in which this service says no.

use values::refusals;

refusals! {
    /// What this service refuses beside what every service does.
    pub const REFUSALS;

    pub(crate) NO_TIMELINE: NotFound, "timeline-not-found",
        "the caller has no friend with this id",
        action: "Show nothing of this person; whether they exist is not said.",
        en: "There is nothing to show here.",
        zh_hant: "這裏沒有可顯示的內容。",
        zh_hans: "这里没有可显示的内容。";
}
