//! Every way in which this service says no.

use pictures::{
    NO_PICTURE, PICTURE_ANIMATED, PICTURE_DAMAGED, PICTURE_DIFFERS, PICTURE_NOT_UPLOADED,
    PICTURE_PIXELS, TOO_MANY_PICTURES,
};
use values::{LOOKUPS_THROTTLED, NOT_YET_KNOWN, refusals};

refusals! {
    /// What this service refuses beside what every service does.
    pub const REFUSALS, with LOOKUPS_THROTTLED, NOT_YET_KNOWN, NO_PICTURE, PICTURE_ANIMATED,
        PICTURE_DAMAGED, PICTURE_DIFFERS, PICTURE_NOT_UPLOADED, PICTURE_PIXELS, TOO_MANY_PICTURES;

    pub(crate) HANDLE_INVALID: Rule, "handle-invalid",
        "3 to 30 of a to z, 0 to 9, . and _, a letter first, and . and _ alone between others",
        en: "Please use 3 to 30 letters, digits, dots and underscores, with a letter first.",
        zh_hant: "請以字母開首，使用 3 至 30 個英文字母、數字、點或底線。",
        zh_hans: "请以字母开头，使用 3 至 30 个英文字母、数字、点或下划线。";
    pub(crate) HANDLE_RESERVED: Rule, "handle-reserved",
        "nobody may have a handle that looks like ours, a bank's or an authority's",
        en: "This handle cannot be used. Please choose another one.",
        zh_hant: "此用戶名稱不可使用，請選擇另一個。",
        zh_hans: "该用户名不可使用，请选择另一个。";
    pub(crate) HANDLE_TAKEN: Conflict, "handle-taken",
        "somebody has it or one that looks like it, or gave it up less than 365 days ago",
        action: "Show the message. Which of the three it is is not said.",
        en: "This handle is taken. Please choose another one.",
        zh_hant: "此用戶名稱已被使用，請選擇另一個。",
        zh_hans: "该用户名已被使用，请选择另一个。";
    pub(crate) HANDLE_CHANGED_TOO_OFTEN: Conflict, "handle-changed-too-often",
        "a handle is changed twice in 365 days at most, and one that was given up counts",
        action: "Offer it again from handle_changeable_at of the profile on.",
        en: "A handle can be changed twice a year. Please try again later.",
        zh_hant: "用戶名稱每年只可更改兩次，請日後再試。",
        zh_hans: "用户名每年只能更改两次，请日后再试。";
    pub(crate) NO_HANDLE: NotFound, "handle-not-found",
        "nobody has this handle, or whoever has it is not found by it",
        action: "Show the message. Which of the two it is is not said.",
        en: "We cannot find anybody with this handle.",
        zh_hant: "找不到使用此名稱的用戶。",
        zh_hans: "找不到使用该名称的用户。";
}
