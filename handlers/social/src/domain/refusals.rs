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
    pub(crate) BLOCKS_THROTTLED: TooMany, "blocks-throttled",
        "the caller blocked 100 people within a day",
        action: "Block another person only when Retry-After has passed.",
        en: "You have blocked many people today. Please try again tomorrow.",
        zh_hant: "你今天已封鎖很多人，請明天再試。",
        zh_hans: "您今天已屏蔽很多人，请明天再试。";
    pub(crate) REPORTS_THROTTLED: TooMany, "reports-throttled",
        "the caller has reported 20 times within a day",
        action: "Show the message and how to reach customer service.",
        en: "You have reported many people today. Please contact customer service.",
        zh_hant: "你今天已多次舉報，請聯絡客戶服務。",
        zh_hans: "您今天已多次举报，请联系客服。";
    pub(crate) NO_REPORT: NotFound, "report-not-found", "there is no report with this id";
    pub(crate) REPORT_CLOSED: Conflict, "report-closed",
        "another member of staff has closed it",
        en: "This report was closed already.",
        zh_hant: "此舉報早前已處理。",
        zh_hans: "该举报早前已处理。";
    pub(crate) NO_GROUP: NotFound, "group-not-found",
        "there is no such group, it has ended, or the caller is not in it",
        en: "We cannot find this group, or you are no longer in it.",
        zh_hant: "找不到此群組，或你已不在群組內。",
        zh_hans: "找不到该群组，或您已不在群组内。";
    pub(crate) NO_MEMBER: NotFound, "group-member-not-found", "this person is not in the group",
        action: "Read the group again.",
        en: "This person is not in the group.",
        zh_hant: "此用戶不在群組內。",
        zh_hans: "该用户不在群组内。";
    pub(crate) NOT_GROUP_OWNER: Forbidden, "group-owner-only",
        "only the owner renames and ends a group and takes others off it",
        en: "Only the owner of the group can do this.",
        zh_hant: "只有群組擁有人可執行此操作。",
        zh_hans: "只有群组所有者可执行该操作。";
    pub(crate) GROUP_FULL: Conflict, "group-full", "a group has 30 members at most",
        en: "A group can have 30 members at most.",
        zh_hant: "群組最多可有 30 位成員。",
        zh_hans: "群组最多可有 30 位成员。";
    pub(crate) GROUPS_USED_UP: Conflict, "groups-used-up",
        "the caller or somebody whom they would add is in 100 groups",
        en: "You or somebody you add is in too many groups.",
        zh_hant: "你或你加入的人所在的群組數目已達上限。",
        zh_hans: "您或您加入的人所在的群组数量已达上限。";
    pub(crate) GROUPS_THROTTLED: TooMany, "groups-throttled",
        "the caller made 10 groups within a day",
        action: "Make another group only when Retry-After has passed.",
        en: "You have made many groups today. Please try again tomorrow.",
        zh_hant: "你今天已建立很多群組，請明天再試。",
        zh_hans: "您今天已创建很多群组，请明天再试。";
    pub(crate) MEMBERS_THROTTLED: TooMany, "group-members-throttled",
        "the caller added 100 people to groups within a day",
        action: "Add another person only when Retry-After has passed.",
        en: "You have added many people to groups today. Please try again tomorrow.",
        zh_hant: "你今天已將很多人加入群組，請明天再試。",
        zh_hans: "您今天已将很多人加入群组，请明天再试。";
    pub(crate) MEMBER_LEFT: Conflict, "group-member-left",
        "this person left the group within the last 30 days",
        action: "Show the message; they can be in another group.",
        en: "This person has left the group and cannot be added again for 30 days.",
        zh_hant: "此用戶已退出群組，30 天內不能再次加入。",
        zh_hans: "该用户已退出群组，30 天内不能再次加入。";
    pub(crate) NO_FRIEND: Rule, "friends-only",
        "the caller adds their own friends only",
        en: "You can only add your own friends.",
        zh_hant: "你只可加入自己的好友。",
        zh_hans: "您只能加入自己的好友。";
    pub(crate) NO_SEEN_PAYMENT: NotFound, "seen-payment-not-found",
        "there is no such payment between people, or the caller may not see it, or no longer",
        en: "This payment is not shown to you.",
        zh_hant: "你無法查看此付款。",
        zh_hans: "您无法查看该付款。";
    pub(crate) NO_COMMENT: NotFound, "comment-not-found",
        "there is no such comment, or it is not the caller's to delete",
        en: "This comment is no longer there.",
        zh_hant: "此留言已不存在。",
        zh_hans: "该留言已不存在。";
    pub(crate) COMMENTS_USED_UP: Conflict, "comments-used-up",
        "200 comments stand on this payment, or 50 of the caller",
        en: "There are too many comments on this payment to add another.",
        zh_hant: "此付款的留言數目已達上限。",
        zh_hans: "该付款的留言数量已达上限。";
}
