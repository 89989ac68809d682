//! Every way in which this service says no.

use values::refusals;

refusals! {
    /// What this service refuses beside what every service does.
    pub const REFUSALS;

    pub(crate) NOT_YET_KNOWN: NotYetKnown, "profile-not-yet-known",
        "the profile begins once the sign-up is known here",
        en: "Your profile is not ready yet. Please try again in a moment.",
        zh_hant: "你的個人資料尚未準備好，請稍後再試。",
        zh_hans: "您的个人资料尚未准备好，请稍后再试。";
}
