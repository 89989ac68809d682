//! How this service says no to what people ask of each other and give away.

use values::refusals;

refusals! {
    /// Of requests for money, bills, pay links, red packets and schedules.
    pub(super) const BETWEEN_PEOPLE;

    pub(crate) NO_MONEY_REQUEST: NotFound, "money-request-not-found",
        "the caller neither made such a request nor was asked",
        en: "We cannot find this request.",
        zh_hant: "找不到此收款要求。",
        zh_hans: "找不到该收款请求。";
    pub(crate) MONEY_REQUEST_PAID: Conflict, "money-request-paid", "this request is paid",
        en: "This request has already been paid.",
        zh_hant: "此收款要求已經付款。",
        zh_hans: "该收款请求已付款。";
    pub(crate) MONEY_REQUEST_DECLINED: Conflict, "money-request-declined",
        "this request was declined",
        en: "This request was declined.",
        zh_hant: "此收款要求已被拒絕。",
        zh_hans: "该收款请求已被拒绝。";
    pub(crate) MONEY_REQUEST_CANCELLED: Conflict, "money-request-cancelled",
        "this request was taken back",
        en: "This request was taken back by the person who made it. You have not been charged.",
        zh_hant: "對方已取消此收款要求，款項並未扣除。",
        zh_hans: "对方已取消该收款请求，款项未被扣除。";
    pub(crate) MONEY_REQUEST_EXPIRED: Conflict, "money-request-expired",
        "this request has expired",
        en: "This request has expired. A new one can be made.",
        zh_hant: "此收款要求已過期，可重新發出。",
        zh_hans: "该收款请求已过期，可重新发起。";
    pub(crate) TOO_MANY_MONEY_REQUESTS: Rule, "too-many-money-requests",
        "too many of the caller's requests are open, or were made in a day",
        action: "Show the message; those that end make room, and so does a day.",
        en: "You have made too many requests. Wait until some are paid, or try again tomorrow.",
        zh_hant: "你發出的收款要求太多，請等待對方付款，或明天再試。",
        zh_hans: "您发起的收款请求太多，请等待对方付款，或明天再试。";
    pub(crate) REMINDER_TOO_EARLY: TooMany, "reminder-too-early",
        "the payer was asked or reminded less than a day ago",
        action: "Offer the reminder again after Retry-After.",
        en: "You can send a reminder once a day.",
        zh_hant: "每天只可發出一次提示。",
        zh_hans: "每天只能发送一次提醒。";
    pub(crate) REMINDERS_USED_UP: Conflict, "reminders-used-up",
        "the payer was reminded as often as they may be",
        action: "Offer no more reminders of this request.",
        en: "You have sent all reminders for this request.",
        zh_hant: "此收款要求的提示次數已用完。",
        zh_hans: "该收款请求的提醒次数已用完。";
    pub(crate) NO_BILL: NotFound, "bill-not-found", "the caller has no part in such a bill",
        en: "We cannot find this bill.",
        zh_hant: "找不到此賬單。",
        zh_hans: "找不到该账单。";
    pub(crate) BILL_PEOPLE_INVALID: Rule, "bill-people-invalid",
        "a bill is split with 1 to 29 others, each named once",
        en: "A bill can be split with 1 to 29 other people, each of them once.",
        zh_hant: "賬單可與 1 至 29 位其他人分攤，每人只可選一次。",
        zh_hans: "账单可与 1 至 29 位其他人分摊，每人只能选一次。";
    pub(crate) BILL_SUM_MISMATCH: Rule, "bill-sum-mismatch",
        "the amounts do not add up to the total",
        en: "The shares do not add up to the total.",
        zh_hant: "各人分攤的金額與總額不符。",
        zh_hans: "各人分摊的金额与总额不符。";
    pub(crate) SHARE_TOO_SMALL: Rule, "share-too-small",
        "somebody's share would be less than a cent",
        en: "The total is too small to be split like this.",
        zh_hant: "總額太小，無法這樣分攤。",
        zh_hans: "总额太小，无法这样分摊。";
    pub(crate) BILL_EXCEEDS_PAYMENT: Rule, "bill-exceeds-payment",
        "the total is more than the payment has cost",
        action: "Offer at most what was paid and not refunded.",
        en: "This is more than you paid. Please enter a smaller amount.",
        zh_hant: "金額多於你所支付的款項，請輸入較小的金額。",
        zh_hans: "金额多于您所支付的款项，请输入较小的金额。";
    pub(crate) NO_PAY_LINK: NotFound, "pay-link-not-found",
        "there is no such pay link, its secret is another one, or it is not the caller's",
        action: "Show the message. Which of the three it is is not said.",
        en: "We cannot find this money. Please ask the sender for the link again.",
        zh_hant: "找不到此筆款項，請向付款人再索取連結。",
        zh_hans: "找不到该笔款项，请向付款人重新索取链接。";
    pub(crate) NO_RED_PACKET: NotFound, "red-packet-not-found",
        "there is no such red packet, its secret is another one, or it is not the caller's",
        action: "Show the message. Which of the three it is is not said.",
        en: "We cannot find this red packet. Please ask the sender for it again.",
        zh_hant: "找不到此紅包，請向付款人再索取。",
        zh_hans: "找不到该红包，请向发送人重新索取。";
    pub(crate) NO_CLAIM: NotFound, "claim-not-found", "the caller has claimed no such share",
        en: "We cannot find this money.",
        zh_hant: "找不到此筆款項。",
        zh_hans: "找不到该笔款项。";
    pub(crate) FEWER_CENTS_THAN_SHARES: Rule, "fewer-cents-than-shares",
        "each share is a cent at least",
        action: "Offer a larger amount or fewer shares.",
        en: "There are more shares than cents. Please enter a larger amount or fewer shares.",
        zh_hant: "每份最少 1 仙，請增加金額或減少份數。",
        zh_hans: "每份至少 1 分，请增加金额或减少份数。";
    pub(crate) ALL_CLAIMED: Conflict, "all-claimed", "every share was claimed",
        en: "All of this money has been claimed already.",
        zh_hant: "款項已全部被領取。",
        zh_hans: "款项已全部被领取。";
    pub(crate) CLAIM_CANCELLED: Conflict, "claim-cancelled", "the sender has taken it back",
        en: "The sender has taken this money back.",
        zh_hant: "付款人已取回此筆款項。",
        zh_hans: "付款人已取回该笔款项。";
    pub(crate) CLAIM_EXPIRED: Conflict, "claim-expired",
        "its time is over, and what nobody claimed goes back to the sender",
        en: "This has expired. What was not claimed goes back to the sender.",
        zh_hant: "已過期，未領取的款項將退回付款人。",
        zh_hans: "已过期，未领取的款项将退回付款人。";
    pub(crate) CLAIM_UNAVAILABLE: Conflict, "claim-unavailable", "it cannot be claimed now",
        action: "Show the message; the customer can try again on another day.",
        en: "This money cannot be claimed at the moment.",
        zh_hant: "目前未能領取此筆款項。",
        zh_hans: "目前无法领取该笔款项。";
    pub(crate) TOO_MANY_PARCELS: Rule, "too-many-open-parcels",
        "the caller has 50 open pay links and red packets",
        action: "Show the message; those that are claimed, cancelled or expired make room.",
        en: "You have too many open links and red packets. Wait until some are claimed or end.",
        zh_hant: "你有太多未領取的連結和紅包，請等待對方領取或其到期。",
        zh_hans: "您有太多未领取的链接和红包，请等待对方领取或其到期。";
    pub(crate) DECLINED_RECENTLY: TooMany, "declined-recently",
        "the person who is asked said no to the caller less than a day ago",
        action: "Offer to ask again after Retry-After.",
        en: "This person has declined a request of yours. You can ask again after a day.",
        zh_hant: "對方剛拒絕了你的收款要求，一天後可再次提出。",
        zh_hans: "对方刚拒绝了您的收款请求，一天后可再次提出。";
    pub(crate) SECRETS_THROTTLED: TooMany, "secrets-throttled",
        "too many wrong secrets of pay links and red packets were shown";
    pub(crate) NO_SCHEDULE: NotFound, "schedule-not-found", "the caller has no such schedule",
        en: "We cannot find this schedule.",
        zh_hant: "找不到此預約。",
        zh_hans: "找不到该预约。";
    pub(crate) SCHEDULE_ENDED: Conflict, "schedule-ended", "the schedule has ended",
        action: "Make a new one.",
        en: "This schedule has ended. You can make a new one.",
        zh_hant: "此預約已結束，可重新建立。",
        zh_hans: "该预约已结束，可重新创建。";
    pub(crate) SCHEDULE_START_INVALID: Rule, "schedule-start-invalid",
        "the first date is tomorrow in Hong Kong at the earliest, and within four years",
        en: "Please choose a first date from tomorrow on, within the next four years.",
        zh_hant: "請選擇明天起四年內的首個日期。",
        zh_hans: "请选择明天起四年内的首个日期。";
    pub(crate) SCHEDULE_END_INVALID: Rule, "schedule-end-invalid",
        "no date would come, or what happens once has an end",
        action: "Offer a later end, or to end the schedule.",
        en: "The schedule would have no date left. Please choose a later end.",
        zh_hant: "預約將沒有餘下的日期，請選擇較後的結束日期。",
        zh_hans: "预约将没有剩余的日期，请选择较晚的结束日期。";
    pub(crate) TOO_MANY_SCHEDULES: Rule, "too-many-schedules",
        "the caller has 50 schedules that have not ended",
        action: "Show the message; those that end make room.",
        en: "You have too many schedules. Please end one first.",
        zh_hant: "你的預約太多，請先結束其中一個。",
        zh_hans: "您的预约太多，请先结束其中一个。";
}
