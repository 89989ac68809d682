//! Every way in which this service says no.

use values::refusals;

refusals! {
    /// What this service refuses beside what every service does.
    pub const REFUSALS;

    pub(crate) NO_ARTICLE: NotFound, "article-not-found",
        "there is no such article, or it was withdrawn",
        action: "Search for what the customer wants to know.",
        en: "We cannot find this article. It may have been replaced; please search for it.",
        zh_hant: "找不到此文章，可能已被更新，請重新搜尋。",
        zh_hans: "找不到该文章，可能已更新，请重新搜索。";
    pub(crate) FEEDBACK_THROTTLED: TooMany, "feedback-throttled",
        "this address has given its opinion of too many articles today, or all together have",
        en: "Thank you, you have given enough feedback for today.",
        zh_hant: "多謝，你今天已提出足夠的意見。",
        zh_hans: "谢谢，您今天已提出足够的意见。";
}
