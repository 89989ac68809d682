//! Every way in which this service says no.

use values::{NO_BUSINESS, NOT_YET_KNOWN, refusals};

refusals! {
    /// What this service refuses beside what every service does.
    pub const REFUSALS, with NO_BUSINESS, NOT_YET_KNOWN;

    pub(crate) BOOKS_BEHIND: Busy, "books-behind",
        "the copy of the books that reports are read from is late or away",
        action: "Show the report that you have, and ask again after some seconds.",
        en: "Reports are being brought up to date. Please try again in a moment.",
        zh_hant: "報表正在更新，請稍後再試。",
        zh_hans: "报表正在更新，请稍后重试。";
    pub(crate) PERIOD_INVALID: Rule, "report-period-invalid",
        "the last day is before the first, or the period is longer than this report may be",
        action: "Let the customer choose fewer days; the document says how many.",
        en: "Please choose a shorter period.",
        zh_hant: "請選擇較短的時段。",
        zh_hans: "请选择较短的时段。";
}
