//! Every way in which this service says no.

use values::{NOT_YET_KNOWN, refusals};

refusals! {
    /// What this service refuses beside what every service does.
    pub const REFUSALS, with NOT_YET_KNOWN;

    pub(crate) ONESELF: Rule, "own-person", "nobody is their own friend, nor blocks themselves",
        en: "This is you.",
        zh_hant: "這是你自己。",
        zh_hans: "这是您自己。";
    pub(crate) NO_FRIEND_REQUEST: NotFound, "friend-request-not-found",
        "this person does not ask to be the caller's friend, or no longer",
        action: "Read the list of requests again.",
        en: "This friend request is no longer open.",
        zh_hant: "此好友邀請已不存在。",
        zh_hans: "该好友邀请已不存在。";
    pub(crate) ALREADY_FRIENDS: Conflict, "already-friends",
        "the other has said yes, so the request cannot be taken back",
        action: "Read the list of friends again; DELETE of the friend ends it.",
        en: "You are friends already.",
        zh_hant: "你們已經是好友。",
        zh_hans: "你们已经是好友。";
    pub(crate) BLOCKED_BY_CALLER: Conflict, "person-blocked",
        "the caller has blocked this person",
        action: "Offer to unblock them first.",
        en: "You have blocked this person. Unblock them first.",
        zh_hant: "你已封鎖此用戶，請先解除封鎖。",
        zh_hans: "您已屏蔽该用户，请先解除屏蔽。";
    pub(crate) FRIENDS_USED_UP: Conflict, "friends-used-up",
        "one of the two has 2,000 friends",
        en: "One of you has too many friends to add another.",
        zh_hant: "你或對方的好友人數已達上限。",
        zh_hans: "您或对方的好友人数已达上限。";
    pub(crate) REQUESTS_USED_UP: Conflict, "friend-requests-used-up",
        "100 friend requests of the caller are open",
        action: "Offer to take some of them back.",
        en: "You have too many open friend requests. Please take some back first.",
        zh_hant: "你有太多未獲回覆的好友邀請，請先取消部分邀請。",
        zh_hans: "您有太多未获回复的好友邀请，请先取消部分邀请。";
    pub(crate) REQUESTS_THROTTLED: TooMany, "friend-requests-throttled",
        "the caller asked 50 people within a day",
        action: "Ask another person only when Retry-After has passed.",
        en: "You have asked many people today. Please try again tomorrow.",
        zh_hant: "你今天已邀請很多人，請明天再試。",
        zh_hans: "您今天已邀请很多人，请明天再试。";
    pub(crate) BLOCKS_USED_UP: Conflict, "blocks-used-up",
        "the caller has blocked 1,000 people",
        action: "Offer to unblock some of them.",
        en: "You have blocked too many people to block another.",
        zh_hant: "你封鎖的用戶人數已達上限。",
        zh_hans: "您屏蔽的用户人数已达上限。";
}
