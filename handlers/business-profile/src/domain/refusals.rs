//! Every way in which this service says no.

use pictures::{
    NO_PICTURE, PICTURE_ANIMATED, PICTURE_DAMAGED, PICTURE_DIFFERS, PICTURE_NOT_UPLOADED,
    PICTURE_PIXELS, TOO_MANY_PICTURES,
};
use values::{NO_BUSINESS, NOT_ALLOWED_FOR_ROLE, refusals};

refusals! {
    /// What this service refuses beside what every service does.
    pub const REFUSALS, with NO_BUSINESS, NOT_ALLOWED_FOR_ROLE, NO_PICTURE, PICTURE_ANIMATED,
        PICTURE_DAMAGED, PICTURE_DIFFERS, PICTURE_NOT_UPLOADED, PICTURE_PIXELS, TOO_MANY_PICTURES;

    pub(crate) TOO_MANY_BUSINESSES: Conflict, "too-many-businesses",
        "the caller owns as many businesses as one person may",
        action: "Show the message; closing a business makes room.",
        en: "You already have the maximum number of businesses.",
        zh_hant: "你的商戶數目已達上限。",
        zh_hans: "您的商户数量已达上限。";
    pub(crate) NO_INVITATION: NotFound, "invitation-not-found",
        "there is no such invitation, it has another secret, or it was answered, taken back or \
         has expired",
        action: "Show the message; the shop can send a new invitation.",
        en: "This invitation is no longer valid. Please ask the shop for a new one.",
        zh_hant: "此邀請已失效，請商戶重新發出。",
        zh_hans: "该邀请已失效，请商户重新发出。";
    pub(crate) TOO_MANY_INVITATIONS: Conflict, "too-many-invitations",
        "as many invitations of this business wait for an answer as may",
        action: "Show the message; taking one back makes room.",
        en: "Too many invitations are waiting for an answer. Please cancel one first.",
        zh_hant: "待回覆的邀請數目已達上限，請先取消其中一個。",
        zh_hans: "待回复的邀请数量已达上限，请先取消其中一个。";
    pub(crate) ALREADY_MEMBER: Conflict, "already-member",
        "the caller owns this business, or works there already",
        action: "Show the message, and the business.",
        en: "You already work in this shop.",
        zh_hant: "你已是此商戶的成員。",
        zh_hans: "您已是该商户的成员。";
    pub(crate) TOO_MANY_MEMBERS: Conflict, "too-many-members",
        "as many people work in this business as may",
        action: "Show the message; the invitation stays good until it expires.",
        en: "This shop already has the maximum number of members.",
        zh_hant: "此商戶的成員數目已達上限。",
        zh_hans: "该商户的成员数量已达上限。";
    pub(crate) TOO_MANY_MEMBERSHIPS: Conflict, "too-many-memberships",
        "the caller works in as many businesses of others as one person may",
        action: "Show the message; leaving a shop makes room.",
        en: "You already work in the maximum number of shops.",
        zh_hant: "你加入的商戶數目已達上限。",
        zh_hans: "您加入的商户数量已达上限。";
    pub(crate) NO_MEMBER: NotFound, "member-not-found",
        "nobody with this id works in this business",
        en: "We cannot find this member. They may have left the shop.",
        zh_hant: "找不到此成員，可能已離開商戶。",
        zh_hans: "找不到该成员，可能已离开商户。";
    pub(crate) NO_HANDOVER: NotFound, "handover-not-found",
        "there is no such offer of this business, it is not the caller's to answer, or it was \
         answered, taken back, has expired, or ended with the work of whom it was made to",
        action: "Show the message; the owner can offer the shop again.",
        en: "This offer of the shop is no longer valid. Please ask its owner for a new one.",
        zh_hant: "此轉讓邀請已失效，請店主重新提出。",
        zh_hans: "该转让邀请已失效，请店主重新提出。";
    pub(crate) HANDOVER_TOO_EARLY: Conflict, "handover-too-early",
        "an offer of a business is accepted a day after it was made, at the earliest",
        action: "Show the message, and `acceptable_at` of the offer.",
        en: "You can accept this shop a day after it was offered to you. Please try again then.",
        zh_hant: "轉讓邀請提出滿一天後方可接受，請屆時再試。",
        zh_hans: "转让邀请提出满一天后方可接受，请届时再试。";
    pub(crate) HANDOVER_OFFERED: Conflict, "handover-offered",
        "this business is offered to somebody already",
        action: "Show the message, and the offer, which the owner can take back.",
        en: "This shop is already offered to somebody. Please take that offer back first.",
        zh_hant: "此商戶已有待接受的轉讓邀請，請先取消。",
        zh_hans: "该商户已有待接受的转让邀请，请先取消。";
    pub(crate) ONE_OWNER: Rule, "one-owner",
        "a business has one owner, and nobody else becomes one",
        action: "Offer manager and cashier only.",
        en: "A shop has one owner. Please choose another role.",
        zh_hant: "每間商戶只有一位店主，請選擇其他職級。",
        zh_hans: "每家商户只有一位店主，请选择其他职级。";
    pub(crate) HOURS_OVERLAP: Rule, "hours-overlap",
        "one interval begins before the one before it has ended, over midnight too and from Sunday \
         to Monday, those of a day are not in order, or a special day is there twice",
        action: "Show the message; each hour belongs to one interval.",
        en: "Some of these opening hours overlap. Please check them.",
        zh_hant: "部分營業時間重疊，請檢查。",
        zh_hans: "部分营业时间重叠，请检查。";
    pub(crate) TOO_MANY_HOURS: Rule, "too-many-hours",
        "a day has more than 4 intervals, or more than 60 days are special",
        action: "Show the message; special days that are over can be left out.",
        en: "There are too many opening hours for one day, or too many special days.",
        zh_hant: "單日的營業時段或特別日子的數目已超出上限。",
        zh_hans: "单日的营业时段或特别日期的数量已超出上限。";
}
