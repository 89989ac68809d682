//! Every way in which this service says no.

use pictures::{
    NO_PICTURE, PICTURE_ANIMATED, PICTURE_DAMAGED, PICTURE_DIFFERS, PICTURE_NOT_UPLOADED,
    PICTURE_PIXELS, TOO_MANY_PICTURES,
};
use values::{NOT_YET_KNOWN, refusals};

refusals! {
    /// What this service refuses beside what every service does.
    pub const REFUSALS, with NOT_YET_KNOWN, NO_PICTURE, PICTURE_ANIMATED, PICTURE_DAMAGED,
        PICTURE_DIFFERS, PICTURE_NOT_UPLOADED, PICTURE_PIXELS, TOO_MANY_PICTURES;

    pub(crate) NO_CORRESPONDENT: NotFound, "correspondent-not-found",
        "there is no such person, or none with whom the caller may begin a conversation",
        action: "Show the message. Right after a friend has accepted, or a payment, ask again.",
        en: "You can write to friends, and to people who have paid, asked or written to you first.",
        zh_hant: "你可以傳訊息給朋友，以及曾向你付款、收款或先傳訊息的人。",
        zh_hans: "您可以发消息给朋友，以及曾向您付款、收款或先发消息的人。";
    pub(crate) NO_CONVERSATION: NotFound, "conversation-not-found",
        "there is no such conversation, or the caller is not in it",
        en: "We cannot find this conversation.",
        zh_hant: "找不到此對話。",
        zh_hans: "找不到该对话。";
    pub(crate) NO_MESSAGE: NotFound, "message-not-found",
        "there is no such message, or the caller may not do this with it",
        en: "We cannot find this message.",
        zh_hant: "找不到此訊息。",
        zh_hans: "找不到该消息。";
    pub(crate) WRITING_NOT_ALLOWED: Conflict, "writing-not-allowed",
        "they are not friends, and the other has neither paid nor asked nor written to the caller",
        action: "Show the message, and the conversation as something to read.",
        en: "You cannot write here at the moment.",
        zh_hant: "你暫時不能在此對話傳送訊息。",
        zh_hans: "您暂时不能在此对话发送消息。";
    pub(crate) CORRESPONDENT_BLOCKED: Conflict, "correspondent-blocked",
        "the caller blocks the other one",
        action: "Offer to end the block.",
        en: "You have blocked this person. Unblock them to write.",
        zh_hant: "你已封鎖此用戶，解除封鎖後才可傳送訊息。",
        zh_hans: "您已屏蔽该用户，解除屏蔽后才能发送消息。";
    pub(crate) GROUP_LEFT: Conflict, "group-left",
        "the caller is in the group no longer, and reads what was said until then",
        en: "You are no longer in this group.",
        zh_hant: "你已不在此群組。",
        zh_hans: "您已不在该群组。";
    pub(crate) MESSAGE_TOO_OLD: Conflict, "message-too-old",
        "it was sent too long ago to be changed or taken back",
        en: "This message can no longer be changed.",
        zh_hant: "此訊息已不能更改。",
        zh_hans: "该消息已不能更改。";
    pub(crate) MESSAGE_WITHDRAWN: Conflict, "message-withdrawn",
        "its sender has taken it back",
        en: "This message was taken back.",
        zh_hant: "此訊息已收回。",
        zh_hans: "该消息已撤回。";
    pub(crate) CARD_NOT_CHANGEABLE: Conflict, "card-not-changeable",
        "it shows money, and changes only as that does",
        en: "A payment cannot be changed here.",
        zh_hant: "款項不能在此更改。",
        zh_hans: "款项不能在此更改。";
    pub(crate) PICTURE_NOT_EDITABLE: Conflict, "picture-not-editable",
        "it is a picture, which has no text to change",
        action: "Offer to take it back.",
        en: "A picture cannot be edited. You can take it back.",
        zh_hant: "圖片不能編輯，你可以將其收回。",
        zh_hans: "图片不能编辑，您可以将其撤回。";
    pub(crate) NO_CARD: NotFound, "card-not-found",
        "the caller has made no such pay link or red packet",
        en: "We cannot find this pay link or red packet.",
        zh_hant: "找不到此付款連結或紅包。",
        zh_hans: "找不到该付款链接或红包。";
    pub(crate) NO_MESSAGE_REPORT: NotFound, "message-report-not-found",
        "there is no such report of a message",
        en: "We cannot find this report.",
        zh_hant: "找不到此舉報。",
        zh_hans: "找不到该举报。";
    pub(crate) MESSAGE_REPORT_CLOSED: Conflict, "message-report-closed",
        "another member of staff has closed it",
        en: "This report was closed already.",
        zh_hant: "此舉報早前已處理。",
        zh_hans: "该举报早前已处理。";
    pub(crate) MESSAGE_REPORTS_THROTTLED: TooMany, "message-reports-throttled",
        "the caller has reported as many messages as one may in a day",
        en: "You have reported many messages today. Please try again tomorrow.",
        zh_hant: "你今日舉報的訊息次數已達上限，請明天再試。",
        zh_hans: "您今日举报的消息次数已达上限，请明天再试。";
    pub(crate) MESSAGES_THROTTLED: TooMany, "messages-throttled",
        "the caller has sent as many messages here as one may in a minute",
        en: "You are writing too fast. Please wait a moment.",
        zh_hant: "你傳送訊息過於頻密，請稍候。",
        zh_hans: "您发送消息过于频繁，请稍候。";
    pub(crate) NO_SUPPORT_CASE: NotFound, "support-case-not-found",
        "there is no such case, or it is another person's",
        en: "We cannot find this case.",
        zh_hant: "找不到此個案。",
        zh_hans: "找不到该个案。";
    pub(crate) SUPPORT_CASE_CLOSED: Conflict, "support-case-closed",
        "the case was closed, and nothing is said in it any more",
        action: "Offer to open the case again until `reopen_before`, or a new one.",
        en: "This case is closed. You can reopen it for two weeks, or open a new one.",
        zh_hant: "此個案已結束。你可於兩星期內重開，或開立新個案。",
        zh_hans: "该个案已结束。您可在两周内重开，或新建个案。";
    pub(crate) TOO_LATE_TO_REOPEN: Conflict, "support-case-too-old",
        "the case was closed more than two weeks ago",
        action: "Offer to open a new case.",
        en: "This case was closed too long ago. Please open a new one.",
        zh_hant: "此個案結束已久，請開立新個案。",
        zh_hans: "该个案结束已久，请新建个案。";
    pub(crate) SUPPORT_CASE_CLAIMED: Conflict, "support-case-claimed",
        "another member of staff has it, and has done something in it in the last eight hours",
        en: "A colleague is working on this case.",
        zh_hant: "同事正在處理此個案。",
        zh_hans: "同事正在处理该个案。";
    pub(crate) SUPPORT_CASE_NOT_CLAIMED: Conflict, "support-case-not-claimed",
        "the caller has not taken the case on, or another one has since",
        action: "Take the case on first.",
        en: "Take this case on first.",
        zh_hant: "請先接手此個案。",
        zh_hans: "请先接手该个案。";
    pub(crate) TOO_MANY_SUPPORT_CASES: Conflict, "too-many-support-cases",
        "the caller has as many open cases as one may have",
        action: "Show the caller's open cases, in each of which one may write.",
        en: "You have five open cases. Please write in one of them.",
        zh_hant: "你已有五個未結束的個案，請在其中一個繼續查詢。",
        zh_hans: "您已有五个未结束的个案，请在其中一个继续咨询。";
    pub(crate) SUPPORT_CASES_THROTTLED: TooMany, "support-cases-throttled",
        "the caller has opened as many cases as one may in a day",
        en: "You have opened many cases today. Please try again later.",
        zh_hant: "你今日開立的個案已達上限，請稍後再試。",
        zh_hans: "您今日新建的个案已达上限，请稍后再试。";
}
